import { type Book, findBook } from './books.ts'

/** One kind of book in a cart. */
export interface CartLine {
  readonly sku: string
  readonly qty: number
}

/** A cart line with everything that a page shows; `sum` is in cents. */
export interface CartRow {
  readonly book: Book
  readonly qty: number
  readonly sum: number
}

export const MAX_QTY = 99

/**
 * The cart with this quantity of a book: below 1 removes the line, above `MAX_QTY` counts as `MAX_QTY`. An unknown sku and a
 * quantity that is not a whole number change nothing, so form fields can be passed as `Number(text)`.
 */
export function setQty(cart: readonly CartLine[], sku: string, qty: number): CartLine[] {
  if (!Number.isInteger(qty) || findBook(sku) === undefined) return [...cart]
  if (qty < 1) return remove(cart, sku)
  const line = { sku, qty: Math.min(qty, MAX_QTY) }
  if (!cart.some((other) => other.sku === sku)) return [...cart, line]
  return cart.map((other) => (other.sku === sku ? line : other))
}

/** The cart with some more of a book: `session.cart = add(session.cart ?? [], sku)`. */
export function add(cart: readonly CartLine[], sku: string, more = 1): CartLine[] {
  if (more < 1) return [...cart]
  const there = cart.find((line) => line.sku === sku)?.qty ?? 0
  return setQty(cart, sku, there + more)
}

export const remove = (cart: readonly CartLine[], sku: string): CartLine[] =>
  cart.filter((line) => line.sku !== sku)

/** The lines whose book is still sold: a session may contain a sku that the catalogue no longer has. */
export function rowsOf(cart: readonly CartLine[]): CartRow[] {
  return cart.flatMap(({ sku, qty }) => {
    const book = findBook(sku)
    return book === undefined ? [] : [{ book, qty, sum: book.price * qty }]
  })
}

/** The number of books in the cart. */
export const count = (cart: readonly CartLine[]): number =>
  rowsOf(cart).reduce((books, row) => books + row.qty, 0)

/** Their total price, in cents. */
export const total = (cart: readonly CartLine[]): number =>
  rowsOf(cart).reduce((cents, row) => cents + row.sum, 0)
