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
  styles,
} from 'example-shop'
import { html, type Route, seeOther } from './page.ts'

const decide =
  (form: CookieForm): Route =>
  ({ visitor, fields, shop }) => {
    const { line, rejected } = form(fields, shop.sessionName)
    if (line === undefined) return html(shop.cookies(visitor, rejected), 422)
    const response = seeOther('/cookies')
    response.headers.append('Set-Cookie', line)
    return response
  }

/** The catalogue, the cart and the cookies page, by method and path. */
export const cartRoutes: Readonly<Record<string, Route>> = {
  'GET /style.css': () =>
    new Response(styles, {
      headers: { 'Cache-Control': 'no-cache', 'Content-Type': 'text/css; charset=utf-8' },
    }),

  'GET /'({ visitor, shop }) {
    countVisit(visitor.session)
    return html(shop.catalogue(visitor))
  },

  'GET /cart': ({ visitor, shop }) => html(shop.cart(visitor)),
  'POST /cart/add'({ visitor, fields }) {
    addToCart(visitor.session, field(fields, 'sku'))
    return seeOther('/cart')
  },
  'POST /cart/set'({ visitor: { session }, fields }) {
    putCart(session, setQty(session.cart ?? [], field(fields, 'sku'), numberField(fields, 'qty')))
    return seeOther('/cart')
  },
  'POST /cart/empty'({ visitor }) {
    putCart(visitor.session, [])
    return seeOther('/cart')
  },

  'GET /cookies': ({ visitor, shop }) => html(shop.cookies(visitor)),
  'POST /cookies/set': decide(setCookie),
  'POST /cookies/delete': decide(deleteCookie),
}
