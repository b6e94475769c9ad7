'use server'

import { redirect } from 'next/navigation'
import { withSession } from './session'

export const addToCart = withSession(async (session, form: FormData) => {
  ;(session.cart ??= []).push(String(form.get('sku')))
})

export const logIn = withSession(async (session, form: FormData) => {
  const user = String(form.get('user'))
  // Check the password here.
  session.login(user, { keep: ['cart'] })
  session.name = user
  redirect('/')
})

export const logOut = withSession(async (session) => session.logout())
