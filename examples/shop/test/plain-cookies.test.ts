import { expect, test } from 'vitest'
import { deleteCookie, setCookie } from '../src/plain-cookies.ts'
import { HOSTILE } from './samples.ts'

const SESSION = '__Host-session'

test('the cookies form sets a cookie until the browser closes, or for some time', () => {
  const { line } = setCookie({ name: 'theme', value: 'dark' }, SESSION)
  expect(line).toBe('theme=dark; Path=/; Secure; HttpOnly; SameSite=Lax')
  expect(setCookie({ name: 'theme', value: 'dark', maxAge: '60' }, SESSION).line).toContain('; Max-Age=60;')
})

test('the cookies form deletes a cookie with a line that repeats its path', () => {
  expect(deleteCookie({ name: 'theme' }, SESSION).line).toMatch(/^theme=; Path=\/; .*Max-Age=0/)
})

test.each<[string, unknown, string]>([
  ['no name', { value: 'dark' }, 'cookie.name'],
  ['a name that is not a token', { name: 'a b' }, 'cookie.name'],
  ['a prefix in the wrong case', { name: '__host-a', value: '' }, 'cookie.name'],
  ['a semicolon in the value', { name: 'a', value: 'b; Domain=evil' }, 'encodeURIComponent'],
  ['a line break in the value', { name: 'a', value: 'b\r\nX: y' }, 'encodeURIComponent'],
  ['markup', { name: 'a', value: HOSTILE }, 'encodeURIComponent'],
  ['a max-age of abc', { name: 'a', value: 'b', maxAge: 'abc' }, 'cookie.maxAge'],
  ['a max-age of years', { name: 'a', value: 'b', maxAge: '99999999999' }, '400 days'],
  ['a value that no browser keeps', { name: 'a', value: 'b'.repeat(5000) }, '4096'],
  ['the session’s name', { name: SESSION, value: 'b' }, 'belongs to the session'],
  ['a missing form', undefined, 'cookie.name'],
])('the cookies form shows an error for %s', (_, form, problem) => {
  expect(setCookie(form, SESSION).rejected?.error).toContain(problem)
})

test('the cookies form cannot delete the session’s cookie', () => {
  expect(deleteCookie({ name: SESSION }, SESSION).rejected?.error).toContain('belongs to the session')
})

test('the cookies form keeps the input beside its error', () => {
  expect(setCookie({ name: 'a b', value: 'c', maxAge: '5' }, SESSION).rejected).toMatchObject({
    name: 'a b',
    value: 'c',
    maxAge: '5',
  })
})
