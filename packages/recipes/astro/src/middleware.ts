import { open, plainResponse } from '@keepsake/fetch'
import { defineMiddleware } from 'astro:middleware'
import { sessions } from './sessions.ts'

export const onRequest = defineMiddleware(async ({ request, locals }, next) => {
  // Astro calls this again for a rewrite, and for its page 500: both belong to the same visit.
  if (locals.visit !== undefined) return next()
  try {
    locals.visit = await open(sessions, request)
    return await locals.visit.answer(await next().catch(brokenPage))
  } catch (error) {
    console.error(error)
    return plainResponse(error)
  }
})

/** Without a body, so that Astro shows `500.astro`, and with the changes that were made before the error. */
function brokenPage(error: unknown): Response {
  console.error(error)
  return new Response(null, { status: 500 })
}
