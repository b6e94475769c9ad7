import formbody from '@fastify/formbody'
import { crossOriginGuard } from '@keepsake/fastify'
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
import type { FastifyPluginAsync, FastifyReply, RouteHandlerMethod } from 'fastify'
import { fastifyPlugin } from 'fastify-plugin'

/** Around all routes: page headers, the guard, the form parser, and the pages for unknown paths and errors. */
export const pages = (shop: Storefront): FastifyPluginAsync =>
  fastifyPlugin(async (app) => {
    app.addHook('onRequest', async (_request, reply) => void reply.headers(pageHeaders))
    await app.register(crossOriginGuard())
    await app.register(formbody, { bodyLimit: 8 * 1024 })
    app.setNotFoundHandler((request, reply) => reply.code(404).send(shop.missing(request)))
    app.setErrorHandler((error, _request, reply) => {
      const failure = failureOf(error)
      return reply.code(failure.status).headers(pageHeaders).send(shop.failure(failure))
    })
  })

/** Redirects to the previous page with a GET. */
export const seeOther = (reply: FastifyReply, path: string): FastifyReply => reply.redirect(path, 303)

/** The catalogue, the cart and the cookies page. Register them after the session plugin. */
export const cartRoutes =
  (shop: Storefront): FastifyPluginAsync =>
  async (routes) => {
    routes.get('/style.css', (_request, reply) =>
      reply.header('Cache-Control', 'no-cache').type('text/css; charset=utf-8').send(styles),
    )

    routes.get('/', (request) => {
      countVisit(request.session)
      return shop.catalogue(request)
    })
    routes.get('/cart', (request) => shop.cart(request))
    routes.post('/cart/add', ({ session, body }, reply) => {
      addToCart(session, field(body, 'sku'))
      return seeOther(reply, '/cart')
    })
    routes.post('/cart/set', ({ session, body }, reply) => {
      putCart(session, setQty(session.cart ?? [], field(body, 'sku'), numberField(body, 'qty')))
      return seeOther(reply, '/cart')
    })
    routes.post('/cart/empty', ({ session }, reply) => {
      putCart(session, [])
      return seeOther(reply, '/cart')
    })

    routes.get('/cookies', (request) => shop.cookies(request))
    routes.post('/cookies/set', decide(shop, setCookie))
    routes.post('/cookies/delete', decide(shop, deleteCookie))
  }

const decide =
  (shop: Storefront, form: CookieForm): RouteHandlerMethod =>
  (request, reply) => {
    const { line, rejected } = form(request.body, shop.sessionName)
    if (line === undefined) return reply.code(422).send(shop.cookies(request, rejected))
    return seeOther(reply.header('Set-Cookie', line), '/cookies')
  }
