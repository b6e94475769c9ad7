import { sessionStatus } from '@keepsake/next'
import { sharedSessions } from 'example-next-cart/session'

/** The remaining lifetime of the session. A GET does not extend it; a POST does. */
export const GET = sessionStatus(() => sharedSessions())
export const POST = GET
