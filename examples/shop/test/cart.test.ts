import { describe, expect, test } from 'vitest'
import { add, type CartLine, count, remove, rowsOf, setQty, total } from '../src/cart.ts'

const walden = (qty: number): CartLine => ({ sku: 'walden', qty })
const alice = (qty: number): CartLine => ({ sku: 'alice', qty })

describe('adding a book to the cart', () => {
  test.each<[string, CartLine[], string, number | undefined, CartLine[]]>([
    ['adds a line', [], 'walden', undefined, [walden(1)]],
    [
      'increases an existing line, in its place',
      [walden(1), alice(1)],
      'walden',
      undefined,
      [walden(2), alice(1)],
    ],
    ['adds several at once', [], 'walden', 3, [walden(3)]],
    ['stops at 99', [walden(98)], 'walden', 5, [walden(99)]],
    ['ignores an unknown sku', [walden(1)], 'bible', undefined, [walden(1)]],
    ['ignores zero', [walden(2)], 'walden', 0, [walden(2)]],
    ['ignores a negative number', [walden(2)], 'walden', -1, [walden(2)]],
    ['ignores a fraction', [walden(2)], 'walden', 1.5, [walden(2)]],
    ['ignores NaN', [walden(2)], 'walden', Number.NaN, [walden(2)]],
  ])('%s', (_, cart, sku, more, expected) => {
    expect(add(cart, sku, more)).toEqual(expected)
  })
})

describe('setting a quantity in the cart', () => {
  test.each<[string, CartLine[], string, number, CartLine[]]>([
    ['sets a line', [walden(1), alice(1)], 'walden', 7, [walden(7), alice(1)]],
    ['adds a line', [], 'walden', 2, [walden(2)]],
    ['stops at 99', [walden(1)], 'walden', 100, [walden(99)]],
    ['removes at 0', [walden(1), alice(1)], 'walden', 0, [alice(1)]],
    ['removes below 0', [walden(1)], 'walden', -3, []],
    ['ignores a fraction', [walden(1)], 'walden', 2.5, [walden(1)]],
    ['ignores NaN', [walden(1)], 'walden', Number('two'), [walden(1)]],
    ['ignores infinity', [walden(1)], 'walden', Infinity, [walden(1)]],
    ['ignores an unknown sku', [walden(1)], 'bible', 5, [walden(1)]],
  ])('%s', (_, cart, sku, qty, expected) => {
    expect(setQty(cart, sku, qty)).toEqual(expected)
  })
})

test('adding, setting, counting and summing do not change the given cart', () => {
  const cart = Object.freeze([Object.freeze(walden(1))])
  add(cart, 'walden')
  setQty(cart, 'walden', 5)
  remove(cart, 'walden')
  expect(cart).toEqual([walden(1)])
})

test('the count and total of a cart exclude a book that is no longer sold', () => {
  const cart = [walden(2), { sku: 'gone', qty: 50 }, alice(1)]
  expect(count(cart)).toBe(3)
  expect(total(cart)).toBe(2 * 1100 + 1475)
  expect(rowsOf(cart).map((row) => [row.book.sku, row.sum])).toEqual([
    ['walden', 2200],
    ['alice', 1475],
  ])
})

test('an empty cart has a count and total of zero', () => {
  expect(count([])).toBe(0)
  expect(total([])).toBe(0)
})
