import { createSessions, memoryStore, type Session } from '@keepsake/core'
import { expect, test } from 'vitest'
import { books } from '../src/books.ts'
import { add, type CartLine, MAX_QTY } from '../src/cart.ts'
import { addToCart, CartFullError, countVisit, LETTER, putCart, type ShopSession } from '../src/session.ts'

const full: readonly CartLine[] = books.map(({ sku }) => ({ sku, qty: MAX_QTY }))

const sessions = createSessions<ShopSession>({ secrets: ['pV3xkQ7mT1zL9wR5yB2nC8dF4gH6jK0s'] })

/** A new session; `ballast` is the number of characters of other data in the cookie. */
async function openSession(ballast = 0): Promise<Session> {
  const { session } = await sessions.open(undefined)
  return ballast === 0 ? session : Object.assign(session, { ballast: 'x'.repeat(ballast) })
}

test('the fullest possible cart fits into the cookie, with much room left', async () => {
  const session = await openSession(2000)
  putCart(session, full)
  expect(session.explain().closes).toBe('created')
})

test('a cart that does not fit is refused, and the previous one stays', async () => {
  const session = await openSession(2800)
  const small = add([], 'walden')
  putCart(session, small)
  expect(() => putCart(session, full)).toThrow(CartFullError)
  expect(session.cart).toEqual(small)
  expect(session.explain().closes).toBe('created')
})

test('a refused cart leaves no cart if there was none', async () => {
  const session = await openSession(2950)
  expect(() => putCart(session, full)).toThrow(CartFullError)
  expect(Object.keys(session)).toEqual(['ballast'])
})

test('an empty cart leaves no data, but a logged-in user stays logged in', async () => {
  const session = await openSession()
  putCart(session, add([], 'walden'))
  session.visits = 3
  putCart(session, [])
  expect(session.explain().closes).toBe('empty')
  session.login('ada')
  putCart(session, [])
  expect(session.subject).toBe('ada')
})

test('a book added to the cart is announced, and an unknown one is not', async () => {
  const session = await openSession()
  addToCart(session, 'bible')
  expect(session.flash()).toEqual([])
  addToCart(session, 'walden')
  expect(session.flash()).toEqual([{ category: 'done', message: '“Walden” is in your cart.' }])
})

test('a message alone does not count visits, and its cookie is deleted with it', async () => {
  const visit = await sessions.open(undefined)
  visit.session.flash('done', 'You are logged out.')
  const [[, line = ''] = []] = await visit.close()
  const { session } = await sessions.open(line.split(';', 1)[0])
  countVisit(session)
  expect(session.flash()).toHaveLength(1)
  expect(session.explain().closes).toBe('emptied')
})

test('an anonymous visit without data is not counted, because that would need a cookie', async () => {
  const session = await openSession()
  countVisit(session)
  expect(session.explain().closes).toBe('empty')
})

test('a letter that needs a store is refused in cookie mode, and the cart stays', async () => {
  const session = await openSession()
  addToCart(session, 'walden')
  expect(() => addToCart(session, LETTER)).toThrow(CartFullError)
  expect(session.letter).toBeUndefined()
  expect(session.cart).toEqual(add([], 'walden'))
})

test('a click adds the letter to the books, and another one removes it', async () => {
  const { session } = await createSessions<ShopSession>({
    secrets: ['pV3xkQ7mT1zL9wR5yB2nC8dF4gH6jK0s'],
    store: memoryStore(),
  }).open(undefined)
  addToCart(session, LETTER)
  expect(session.letter?.length).toBeGreaterThan(4096)
  addToCart(session, LETTER)
  expect(session.letter).toBeUndefined()
})
