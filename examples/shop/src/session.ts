import type { Session } from '@keepsake/core'
import { findBook } from './books.ts'
import { add, type CartLine } from './cart.ts'

/** What the shop remembers about a visitor. Who is logged in is the session's own business: `session.subject`. */
export interface ShopSession {
  cart: CartLine[]
  visits: number
  /** Longer than any cookie; see `addToCart`. */
  letter: string
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

/** The sku of a letter that comes with the books. */
export const LETTER = 'letter'
const LETTER_TEXT = 'Dear reader, this letter is too long for a cookie. '.repeat(100)

/**
 * Puts a book into the cart, and says so on the next page. A sku that no book has changes nothing; that of the letter puts
 * it beside the books, or takes it away, so that the session outgrows its cookie and fits into it again.
 *
 * @throws {CartFullError} when there is nothing but a cookie to put it into.
 */
export function addToCart(session: Session, sku: string): void {
  if (sku === LETTER) return toggleLetter(session)
  putCart(session, add(session.cart ?? [], sku))
  const book = findBook(sku)
  if (book !== undefined) session.flash('done', `“${book.title}” is in your cart.`)
}

function toggleLetter(session: Session): void {
  if (session.letter !== undefined) {
    delete session.letter
    session.flash('done', 'The letter is gone.')
    return
  }
  session.letter = LETTER_TEXT
  if (session.explain().closes === 'too_large') {
    delete session.letter
    throw new CartFullError()
  }
  session.flash('done', `A letter of ${LETTER_TEXT.length} characters lies beside your cart.`)
}

/**
 * Counts a visit to the catalogue, for visitors who left something behind. Nobody else gets a cookie for looking, nor
 * keeps one that only brought a message.
 */
export function countVisit(session: Session): void {
  const hasLeftSomething = session.subject !== undefined || Object.keys(session).length > 0
  if (!session.isNew && hasLeftSomething) session.visits = (session.visits ?? 1) + 1
}
