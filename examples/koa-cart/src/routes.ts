import { crossOriginGuard } from '@keepsake/koa'
import { bodyParser } from '@koa/bodyparser'
import { Router } from '@koa/router'
import {
  addToCart,
  type CookieForm,
  countVisit,
  deleteCookie,
  failureOf,
  field,
  numberField,
  pageHeaders,
  putCart,
  setCookie,
  setQty,
  type Storefront,
  styles,
} from 'example-shop'
import type { Context, Middleware } from 'koa'

/** Around all routes: page headers, the guard, the form parser, and the pages for unknown paths and errors. */
export const pages = (shop: Storefront): readonly Middleware[] => [
  async (ctx, next) => {
    ctx.set(pageHeaders)
    try {
      await next()
      if (ctx.status === 404) answer(ctx, 404, shop.missing(ctx))
    } catch (error) {
      const failure = failureOf(error)
      answer(ctx, failure.status, shop.failure(failure))
    }
  },
  crossOriginGuard(),
  bodyParser({
    enableTypes: ['form'],
    formLimit: '8kb',
    // The error for a body that cannot be decompressed has no status, and would count as our fault.
    onError: (error, ctx) => ctx.throw('status' in error ? Number(error.status) : 400),
  }),
]

/** Redirects to the previous page with a GET. */
export function seeOther(ctx: Context, path: string): void {
  ctx.status = 303
  ctx.redirect(path)
}

export function answer(ctx: Context, status: number, page: string): void {
  ctx.status = status
  ctx.body = page
}

/** The catalogue, the cart and the cookies page. Mount them after the session middleware. */
export function cartRoutes(shop: Storefront): Router {
  const routes = new Router()
  routes.get('/style.css', (ctx) => {
    ctx.set('Cache-Control', 'no-cache')
    ctx.type = 'css'
    ctx.body = styles
  })

  routes.get('/', (ctx) => {
    countVisit(ctx.session)
    ctx.body = shop.catalogue(ctx)
  })
  routes.get('/cart', (ctx) => {
    ctx.body = shop.cart(ctx)
  })
  routes.post('/cart/add', (ctx) => {
    addToCart(ctx.session, field(ctx.request.body, 'sku'))
    seeOther(ctx, '/cart')
  })
  routes.post('/cart/set', (ctx) => {
    const { body } = ctx.request
    putCart(ctx.session, setQty(ctx.session.cart ?? [], field(body, 'sku'), numberField(body, 'qty')))
    seeOther(ctx, '/cart')
  })
  routes.post('/cart/empty', (ctx) => {
    putCart(ctx.session, [])
    seeOther(ctx, '/cart')
  })

  routes.get('/cookies', (ctx) => {
    ctx.body = shop.cookies(ctx)
  })
  const decide =
    (form: CookieForm) =>
    (ctx: Context): void => {
      const { line, rejected } = form(ctx.request.body, shop.sessionName)
      if (line === undefined) {
        answer(ctx, 422, shop.cookies(ctx, rejected))
        return
      }
      ctx.append('Set-Cookie', line)
      seeOther(ctx, '/cookies')
    }
  routes.post('/cookies/set', decide(setCookie))
  routes.post('/cookies/delete', decide(deleteCookie))
  return routes
}
