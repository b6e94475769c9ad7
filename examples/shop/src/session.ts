import type { Session } from '@keepsake/core'
import { findBook } from './books.ts'
import { add, type CartLine } from './cart.ts'

/** What the shop remembers about a visitor. Who is logged in is the session's own business: `session.subject`. */
export interface ShopSession {
  cart: CartLine[]
  visits: number
}

// Every app of the shop imports this, and so has its `req.session` and `ctx.session` typed.
declare module '@keepsake/core' {
  interface Register {
    session: ShopSession
  }
}

/** The cart would not fit into the cookie. `status` is where Express and Koa look for the answer's status. */
export class CartFullError extends Error {
  override readonly name = 'CartFullError'
  readonly status = 413

  constructor() {
    super('Your cart is full: it travels in a cookie, and no more fits in there. What was in it still is.')
  }
}

/**
 * Puts a cart into the session. An empty cart takes the rest of the data along, so that a visitor who leaves nothing
 * behind keeps no cookie; whoever is logged in stays so.
 *
 * @throws {CartFullError} when the session would not fit into its cookie; it then keeps the cart it had. With the
 * catalogue there is and at most 99 of each book, that does not happen.
 */
export function putCart(session: Session, cart: readonly CartLine[]): void {
  if (cart.length === 0) {
    session.clear()
    return
  }
  const before = session.cart
  session.cart = [...cart]
  if (session.explain().closes !== 'too_large') return
  if (before === undefined) delete session.cart
  else session.cart = before
  throw new CartFullError()
}

/** Puts a book into the cart, and says so on the next page. A sku that no book has changes nothing. */
export function addToCart(session: Session, sku: string): void {
  putCart(session, add(session.cart ?? [], sku))
  const book = findBook(sku)
  if (book !== undefined) session.flash('done', `“${book.title}” is in your cart.`)
}

/**
 * Counts a visit to the catalogue, for visitors who left something behind. Nobody else gets a cookie for looking, nor
 * keeps one that only brought a message.
 */
export function countVisit(session: Session): void {
  const hasLeftSomething = session.subject !== undefined || Object.keys(session).length > 0
  if (!session.isNew && hasLeftSomething) session.visits = (session.visits ?? 1) + 1
}
