import { expect, it } from 'vitest'
import { createJar } from '../src/jar.ts'

const URL = 'http://localhost/shop/cart'

it('a jar counts the age of a cookie from when it was set, even if it is read in the meantime', () => {
  let now = 1_800_000_000_000
  const jar = createJar({ now: () => now })
  jar.take(URL, ['a=1; Max-Age=10', `b=2; Expires=${new Date(now + 20_000).toUTCString()}`, 'c=3'])
  for (const [seconds, cookies] of [
    [9, 'a=1; b=2; c=3'],
    [1, 'b=2; c=3'],
    [10, 'c=3'],
  ] as const) {
    now += seconds * 1000
    expect(jar.cookieFor(URL)).toBe(cookies)
  }
})

it('a jar keeps no cookie for more than 400 days', () => {
  let now = 1_800_000_000_000
  const jar = createJar({ now: () => now })
  jar.take(URL, ['a=1; Max-Age=9999999999999999', 'b=2; Max-Age=34560000'])
  now += 34_559_999_000
  expect(jar.cookieFor(URL)).toBe('a=1; b=2')
  now += 1000
  expect(jar.cookieFor(URL)).toBe('')
})

it('a jar deletes a cookie that is set with a Max-Age of 0', () => {
  const jar = createJar()
  jar.take(URL, ['a=1', 'b=2', 'a=; Max-Age=0', 'b=; Max-Age=-1'])
  expect(jar.cookieFor(URL)).toBe('')
})

it('a jar returns the cookies with matching paths and domains, with their attributes', () => {
  const jar = createJar({ now: () => 1_800_000_000_000 })
  jar.take('https://www.example.com/shop/cart', [
    'a=1; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=10',
    'b=2; Domain=example.com; Path=/other',
    'c=3; Domain=.example.com',
  ])
  expect(jar.cookies('https://www.example.com/shop/')).toEqual([
    {
      name: 'c',
      value: '3',
      domain: '.example.com',
      path: '/shop',
      secure: false,
      httpOnly: false,
      sameSite: 'lax',
      expiresAt: undefined,
    },
    {
      name: 'a',
      value: '1',
      domain: 'www.example.com',
      path: '/',
      secure: true,
      httpOnly: true,
      sameSite: 'strict',
      expiresAt: 1_800_000_010_000,
    },
  ])
})

it('a copy of a jar keeps the cookies at its creation, does not let them expire, and is independent', () => {
  let now = 1_800_000_000_000
  const jar = createJar({ now: () => now })
  jar.take(URL, ['a=1; Max-Age=10', 'b=2', '__Host-c=3; Path=/; Secure'])
  const copy = jar.copy()
  jar.take(URL, ['b=3'])
  jar.clear()
  expect([jar.cookieFor(URL), copy.cookieFor(URL)]).toEqual(['', 'a=1; b=2; __Host-c=3'])
  copy.take(URL, ['__Host-d=4', 'b=; Max-Age=0'])
  now += 10_000
  expect(copy.cookieFor(URL)).toBe('a=1; __Host-c=3')
})
