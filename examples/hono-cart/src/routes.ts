import { crossOriginGuard } from '@keepsake/hono'
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
  type Visitor,
} from 'example-shop'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'

/** Around all routes, after the session middleware: page headers, the guard, and the size limit of forms. */
export const pages: readonly MiddlewareHandler[] = [
  async (c, next) => {
    for (const [name, value] of Object.entries(pageHeaders)) c.header(name, value)
    await next()
  },
  crossOriginGuard(),
  bodyLimit({ maxSize: 8 * 1024 }),
]

/** The visitor who requests a page. */
export const visitorOf = (c: Context): Visitor => ({
  session: c.get('session'),
  headers: c.req.header(),
})

/** The pages for unknown paths and errors. */
export function answerOthers(app: Hono, shop: Storefront): Hono {
  app.notFound((c) => c.html(shop.missing(visitorOf(c)), 404))
  app.onError((error, c) => {
    const failure = failureOf(error instanceof HTTPException ? (error.cause ?? error) : error)
    return c.html(shop.failure(failure), failure.status as 500, pageHeaders)
  })
  return app
}

/** The catalogue, the cart and the cookies page. Mount them after the session middleware. */
export function cartRoutes(shop: Storefront): Hono {
  const routes = new Hono()
  routes.get('/style.css', (c) =>
    c.body(styles, 200, { 'Cache-Control': 'no-cache', 'Content-Type': 'text/css; charset=utf-8' }),
  )

  routes.get('/', (c) => {
    countVisit(c.get('session'))
    return c.html(shop.catalogue(visitorOf(c)))
  })
  routes.get('/cart', (c) => c.html(shop.cart(visitorOf(c))))
  routes.post('/cart/add', async (c) => {
    addToCart(c.get('session'), field(await c.req.parseBody(), 'sku'))
    return c.redirect('/cart', 303)
  })
  routes.post('/cart/set', async (c) => {
    const form = await c.req.parseBody()
    const session = c.get('session')
    putCart(session, setQty(session.cart ?? [], field(form, 'sku'), numberField(form, 'qty')))
    return c.redirect('/cart', 303)
  })
  routes.post('/cart/empty', (c) => {
    putCart(c.get('session'), [])
    return c.redirect('/cart', 303)
  })

  routes.get('/cookies', (c) => c.html(shop.cookies(visitorOf(c))))
  const decide = (form: CookieForm) => async (c: Context) => {
    const { line, rejected } = form(await c.req.parseBody(), shop.sessionName)
    if (line === undefined) return c.html(shop.cookies(visitorOf(c), rejected), 422)
    c.header('Set-Cookie', line, { append: true })
    return c.redirect('/cookies', 303)
  }
  routes.post('/cookies/set', decide(setCookie))
  routes.post('/cookies/delete', decide(deleteCookie))
  return routes
}
