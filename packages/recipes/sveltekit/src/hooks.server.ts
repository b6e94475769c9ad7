import { open, plainResponse } from '@keepsake/fetch'
import type { Handle } from '@sveltejs/kit/hooks'
import { sessions } from './sessions.ts'

export const handle: Handle = async ({ event, resolve }) => {
  try {
    event.locals.visit = await open(sessions, event.request)
    return await event.locals.visit.answer(await resolve(event))
  } catch (error) {
    console.error(error)
    return plainResponse(error)
  }
}
