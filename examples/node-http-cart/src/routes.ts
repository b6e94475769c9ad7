import {
  addToCart,
  type CookieForm,
  countVisit,
  deleteCookie,
  field,
  numberField,
  putCart,
  setCookie,
  setQty,
  type Storefront,
  styles,
} from 'example-shop'
import { answer, type Exchange, type Routes, seeOther, sendAsset } from './serve.ts'

/** The catalogue, the cart and the cookies page. */
export const cartRoutes = (shop: Storefront): Routes => ({
  'GET /style.css': ({ response }) => sendAsset(response, 'text/css', styles),

  'GET /': (exchange) => {
    countVisit(exchange.session)
    answer(exchange.response, 200, shop.catalogue(exchange))
  },
  'GET /cart': (exchange) => answer(exchange.response, 200, shop.cart(exchange)),
  'POST /cart/add': ({ session, form, response }) => {
    addToCart(session, field(form, 'sku'))
    seeOther(response, '/cart')
  },
  'POST /cart/set': ({ session, form, response }) => {
    putCart(session, setQty(session.cart ?? [], field(form, 'sku'), numberField(form, 'qty')))
    seeOther(response, '/cart')
  },
  'POST /cart/empty': ({ session, response }) => {
    putCart(session, [])
    seeOther(response, '/cart')
  },

  'GET /cookies': (exchange) => answer(exchange.response, 200, shop.cookies(exchange)),
  'POST /cookies/set': decide(shop, setCookie),
  'POST /cookies/delete': decide(shop, deleteCookie),
})

const decide =
  (shop: Storefront, cookieForm: CookieForm) =>
  (exchange: Exchange): void => {
    const { response, form } = exchange
    const { line, rejected } = cookieForm(form, shop.sessionName)
    if (line === undefined) {
      answer(response, 422, shop.cookies(exchange, rejected))
      return
    }
    response.appendHeader('Set-Cookie', line)
    seeOther(response, '/cookies')
  }
