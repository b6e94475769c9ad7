import { expect, test } from 'vitest'
import { books, findBook, formatPrice } from '../src/books.ts'

test('the catalogue has twelve books, each with a unique sku that is safe in a form', () => {
  expect(books).toHaveLength(12)
  expect(new Set(books.map((book) => book.sku)).size).toBe(12)
  for (const { sku } of books) expect(sku).toMatch(/^[a-z]+(-[a-z]+)*$/)
})

test('every price of the catalogue is a whole number of cents', () => {
  for (const { price } of books) expect(Number.isInteger(price) && price > 0).toBe(true)
})

test('a book is found by its sku, and not by a name that every object has', () => {
  expect(findBook('walden')?.title).toBe('Walden')
  expect(findBook('__proto__')).toBeUndefined()
  expect(findBook('constructor')).toBeUndefined()
  expect(findBook('')).toBeUndefined()
})

test.each([
  [0, '$0.00'],
  [5, '$0.05'],
  [1850, '$18.50'],
  [150975, '$1,509.75'],
])('a price of %i cents is shown as %s', (cents, text) => {
  expect(formatPrice(cents)).toBe(text)
})
