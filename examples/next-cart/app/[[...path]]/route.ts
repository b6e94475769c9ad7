import { createStorefront } from 'example-shop'
import { handlerOf } from '../../src/page.ts'
import { cartRoutes } from '../../src/routes.ts'
import { sharedSessions } from '../../src/session.ts'

const shop = () => createStorefront({ sessions: sharedSessions(), framework: 'Next.js', scope: 'cart' })

/** A shop that keeps its cart in the session of `withSession`. */
export const GET = handlerOf(shop, cartRoutes)
export const POST = GET
