import { expect, it } from 'vitest'
import { createCookie } from '../src/index.ts'

const theme = createCookie<{ name: string }>('theme', { json: true, maxAge: '365d' })

it('a cookie of the Fetch API is set on headers, read from a request, and deleted', () => {
  const headers = new Headers({ 'Set-Cookie': 'lang=de' })
  for (const name of ['light', 'dark']) theme.set(headers, { name })
  const [lang, set = '', ...others] = headers.getSetCookie()
  expect([lang, others]).toEqual(['lang=de', []])
  expect(set).toMatch(
    /^theme=%7B%22name%22%3A%22dark%22%7D; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000; /,
  )
  const request = new Request('https://shop.example/', {
    headers: { Cookie: set.slice(0, set.indexOf(';')) },
  })
  expect(theme.get(request)).toEqual({ name: 'dark' })
  theme.delete(headers)
  expect(headers.getSetCookie()[1]).toMatch(/^theme=; .*; Max-Age=0; /)
})
