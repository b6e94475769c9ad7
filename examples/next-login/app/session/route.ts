import { sessionStatus } from '@keepsake/next'
import { sharedSessions } from 'example-next-cart/session'

/** How long the session still lives: a GET is no use of it, and a POST is. */
export const GET = sessionStatus(() => sharedSessions())
export const POST = GET
