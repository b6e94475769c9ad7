'use server'

import { setImmediate } from 'node:timers/promises'
import { notFound, redirect } from 'next/navigation'
import { getSession, withSession } from '../session.ts'

/** Through `getSession`, as nested functions would. */
async function addDeep(item: string): Promise<void> {
  const session = await getSession()
  ;(session.items ??= []).push(item)
}

export const add = withSession(async (session, form: FormData) => {
  const item = form.get('item')
  if (typeof item === 'string') await addDeep(item)
  await session.save()
})

export const addAndRedirect = withSession(async () => {
  await addDeep('redirected')
  redirect('/')
})

export const addAndMiss = withSession(async () => {
  await addDeep('missed')
  notFound()
})

export const addAndThrow = withSession(async () => {
  await addDeep('thrown')
  throw new Error('on purpose')
})

export const addTwice = async (): Promise<void> => {
  const addOne = withSession((session, item: string) => {
    ;(session.items ??= []).push(item)
  })
  const addLater = withSession(async (session, item: string) => {
    await setImmediate()
    ;(session.items ??= []).push(item)
    await session.save()
  })
  await Promise.all([addOne('left'), addLater('right')])
  await withSession((session) => session.items?.push(session.isNew ? 'same visit' : 'next visit'))()
}

export const addUnsaved = async (): Promise<void> => {
  const session = await getSession()
  session.items = ['unsaved']
}

export const logIn = withSession((session) => session.login('ada', { keep: ['items'] }))
export const logOut = withSession((session) => session.logout())
export const breakIt = withSession((session) => {
  Object.assign(session, { items: () => undefined })
})
