import type { Session } from '@keepsake/core'
import { findBook } from './books.ts'
import { add, type CartLine } from './cart.ts'

/** The session data of the shop. The logged-in user is not part of it: see `session.subject`. */
export interface ShopSession {
  cart: CartLine[]
  visits: number
  /** Longer than any cookie; see `addToCart`. */
  letter: string
}

// Every app of the shop imports this file, which types its `req.session` and `ctx.session`.
declare module '@keepsake/core' {
  interface Register {
    session: ShopSession
  }
}

/** The cart does not fit into the cookie. Express and Koa use `status` as the status of the response. */
export class CartFullError extends Error {
  override readonly name = 'CartFullError'
  readonly status = 413

  constructor() {
    super(
      'Your cart is full: it is kept in a cookie, and nothing more fits into it. Its content is unchanged.',
    )
  }
}

/**
 * Puts a cart into the session. An empty cart also removes the other data, so that an anonymous visitor with an empty
 * session keeps no cookie; a logged-in user stays logged in.
 *
 * @throws {CartFullError} if the session would not fit into its cookie; it then keeps the previous cart. With this
 * catalogue and at most 99 of each book, that does not happen.
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

/** The sku of a letter that can be added to the books. */
export const LETTER = 'letter'
const LETTER_TEXT = 'Dear reader, this letter is too long for a cookie. '.repeat(100)

/**
 * Puts a book into the cart, and announces it on the next page. An unknown sku changes nothing; that of the letter adds
 * or removes the letter, so that the session outgrows its cookie, or fits into it again.
 *
 * @throws {CartFullError} if only a cookie could hold the session, and it does not fit.
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
    session.flash('done', 'The letter is removed.')
    return
  }
  session.letter = LETTER_TEXT
  if (session.explain().closes === 'too_large') {
    delete session.letter
    throw new CartFullError()
  }
  session.flash('done', `A letter of ${LETTER_TEXT.length} characters is now in your session.`)
}

/**
 * Counts a visit to the catalogue, for visitors whose session already has data. Others get no cookie for looking,
 * and do not keep one that only held a message.
 */
export function countVisit(session: Session): void {
  const hasLeftSomething = session.subject !== undefined || Object.keys(session).length > 0
  if (!session.isNew && hasLeftSomething) session.visits = (session.visits ?? 1) + 1
}
