'use server'

import { withSession } from '../session.ts'

export const look = withSession((session) => {
  session.items = [String(session.bound)]
})
export const logIn = withSession((session) => session.login('ada'))
export const logOut = withSession((session) => session.logout())
