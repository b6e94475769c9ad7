'use server'

import { redirect } from 'next/navigation'
import { withSession } from './session'

export const addToCart = withSession(async (session, form: FormData) => {
  const sku = form.get('sku')
  if (typeof sku === 'string') (session.cart ??= []).push(sku)
})

export const logIn = withSession(async (session, form: FormData) => {
  const user = form.get('user')
  if (typeof user !== 'string') return
  // Check the password here.
  session.login(user, { keep: ['cart'] })
  session.name = user
  redirect('/')
})

export const logOut = withSession(async (session) => session.logout())
