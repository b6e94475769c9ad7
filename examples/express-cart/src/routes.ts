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
import { type ErrorRequestHandler, type RequestHandler, Router, urlencoded } from 'express'

/** The catalogue, the cart and the cookies page. Mount them after the session middleware. */
export function cartRoutes(shop: Storefront): Router {
  const routes = Router()
  routes.get('/style.css', (_req, res) => {
    res.set('Cache-Control', 'no-cache').type('css').send(styles)
  })
  routes.use((_req, res, next) => {
    res.set(pageHeaders)
    next()
  })
  routes.use(urlencoded({ extended: false, limit: '8kb' }))

  routes.get('/', (req, res) => {
    countVisit(req.session)
    res.send(shop.catalogue(req))
  })
  routes.get('/cart', (req, res) => {
    res.send(shop.cart(req))
  })
  routes.post('/cart/add', (req, res) => {
    addToCart(req.session, field(req.body, 'sku'))
    res.redirect(303, '/cart')
  })
  routes.post('/cart/set', (req, res) => {
    putCart(req.session, setQty(req.session.cart ?? [], field(req.body, 'sku'), numberField(req.body, 'qty')))
    res.redirect(303, '/cart')
  })
  routes.post('/cart/empty', (req, res) => {
    putCart(req.session, [])
    res.redirect(303, '/cart')
  })

  routes.get('/cookies', (req, res) => {
    res.send(shop.cookies(req))
  })
  const answer =
    (decide: CookieForm): RequestHandler =>
    (req, res) => {
      const { line, rejected } = decide(req.body, shop.sessionName)
      if (line === undefined) res.status(422).send(shop.cookies(req, rejected))
      else res.append('Set-Cookie', line).redirect(303, '/cookies')
    }
  routes.post('/cookies/set', answer(setCookie))
  routes.post('/cookies/delete', answer(deleteCookie))
  return routes
}

/** The page for unknown paths. */
export const missing =
  (shop: Storefront): RequestHandler =>
  (req, res) => {
    res.status(404).send(shop.missing(req))
  }

/** The page for errors. */
export const failed =
  (shop: Storefront): ErrorRequestHandler =>
  (error: unknown, _req, res, next) => {
    const failure = failureOf(error)
    if (res.headersSent) next(error)
    else res.status(failure.status).set(pageHeaders).send(shop.failure(failure))
  }
