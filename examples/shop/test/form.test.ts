import { expect, test } from 'vitest'
import { field, numberField } from '../src/form.ts'

test.each<[string, unknown, string]>([
  ['a field', { sku: 'walden' }, 'walden'],
  ['a missing field', {}, ''],
  ['a field that came twice', { sku: ['a', 'b'] }, ''],
  ['a nested field', { sku: { a: '1' } }, ''],
  ['a field that only the prototype has', Object.create({ sku: 'walden' }), ''],
  ['no form', undefined, ''],
  ['null', null, ''],
  ['text', 'sku=walden', ''],
])('%s', (_, form, expected) => {
  expect(field(form, 'sku')).toBe(expected)
})

test.each([
  ['0', 0],
  ['42', 42],
  ['', Number.NaN],
  [' 1', Number.NaN],
  ['-1', Number.NaN],
  ['1e3', Number.NaN],
  ['0x10', Number.NaN],
])('%j as a number is %d', (qty, expected) => {
  expect(numberField({ qty }, 'qty')).toBe(expected)
})
