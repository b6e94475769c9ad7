import { handlerOf } from 'example-next-cart/page'
import { cartRoutes } from 'example-next-cart/routes'
import { loginRoutes, shop } from '../../src/routes.ts'

/** The shop with a cart and accounts. */
export const GET = handlerOf(shop, { ...cartRoutes, ...loginRoutes })
export const POST = GET
