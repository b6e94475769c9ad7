import { memoryStore } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { type CookieJarOptions, createSessions, fromJar, withHeaders } from '../src/index.ts'
import { SECRETS, sessionsOnFullDisk, watch } from './asking.ts'

/** The cookie API that frameworks have instead of headers. */
function jarOf(cookies = new Map<string, string>()) {
  const set: (readonly [name: string, options: CookieJarOptions])[] = []
  return {
    get: (name: string) => cookies.get(name),
    set(name: string, value: string, options: CookieJarOptions) {
      set.push([name, options])
      if (options.maxAge === 0) cookies.delete(name)
      else cookies.set(name, value)
    },
    cookies,
    lines: set,
  }
}

const PLAIN = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' }

describe.each([
  ['sealed', () => createSessions<{ n?: number }>({ secrets: SECRETS, revocation: 'none' })],
  ['in a store', () => createSessions<{ n?: number }>({ secrets: SECRETS, store: memoryStore() })],
])('a session in a framework’s cookie jar, %s', (_, make) => {
  it('is set in the jar, read by the next request, and deleted from it', async () => {
    const [sessions, { get, set, cookies, lines }] = [make(), jarOf()]
    const first = await fromJar(sessions, { get, set })
    first.session.n = 1
    expect(await first.close()).toEqual([
      ['Vary', 'Cookie'],
      ['Cache-Control', 'no-store'],
    ])
    const second = await fromJar(sessions, { get, set })
    expect(second.session.n).toBe(1)
    expect(await second.close()).toEqual([['Vary', 'Cookie']])
    const third = await fromJar(sessions, { get, set })
    third.session.destroy()
    await third.close()
    expect(cookies.size).toBe(0)
    expect(lines).toEqual([
      ['__Host-session', PLAIN],
      ['__Host-session', { ...PLAIN, maxAge: 0, expires: new Date(0) }],
    ])
  })

  it('changes no cookie if it is not used', async () => {
    const { get, set, lines } = jarOf()
    const visit = await fromJar(make(), { get, set })
    expect([await visit.close(), lines]).toEqual([[], []])
  })
})

it('passes a jar every attribute of the cookie', async () => {
  const cookie = {
    name: 'id',
    path: '/a=b',
    domain: 'shop.example',
    sameSite: 'none',
    partitioned: true,
    priority: 'high',
  } as const
  const sessions = createSessions({ secrets: SECRETS, revocation: 'none', cookie })
  const { get, set, lines } = jarOf()
  const visit = await fromJar(sessions, { get, set })
  visit.session.permanent = true
  visit.session['n'] = 1
  await visit.close()
  expect(lines).toEqual([
    [
      sessions.cookie.name,
      {
        path: '/a=b',
        domain: 'shop.example',
        secure: true,
        httpOnly: true,
        sameSite: 'none',
        partitioned: true,
        priority: 'high',
        maxAge: 2_678_400,
        expires: expect.any(Date) as Date,
      },
    ],
  ])
})

it('leaves a jar unchanged if its session cannot be saved', async () => {
  const { get, set, lines } = jarOf()
  const visit = await fromJar(sessionsOnFullDisk(), { get, set })
  visit.session['n'] = 1
  await expect(visit.close()).rejects.toMatchObject({ name: 'StoreError' })
  expect(lines).toEqual([])
})

it('sets the cookie of an earlier save in the jar if the rest cannot be saved', async () => {
  const { get, set, lines } = jarOf()
  const visit = await fromJar(createSessions({ secrets: SECRETS, revocation: 'none' }), { get, set })
  visit.session['n'] = 1
  await visit.session.save()
  expect(lines).toEqual([])
  visit.session['n'] = () => 1
  await expect(visit.close()).rejects.toMatchObject({ name: 'SessionDataError' })
  expect(lines).toHaveLength(1)
})

it('settle reports a change of a jar’s session after close as late, once', async () => {
  const { reasons } = watch()
  const { get, set } = jarOf()
  const visit = await fromJar(createSessions({ secrets: SECRETS, revocation: 'none' }), { get, set })
  visit.session['n'] = 1
  await visit.close()
  visit.settle()
  expect(reasons).not.toContain('late')
  visit.session['n'] = 2
  visit.settle()
  visit.settle()
  expect(reasons.filter((reason) => reason === 'late')).toHaveLength(1)
})

it('an immutable response gets the headers of a closed jar’s visit, and keeps its own Vary', async () => {
  const { get, set } = jarOf()
  const visit = await fromJar(createSessions({ secrets: SECRETS, revocation: 'none' }), { get, set })
  visit.session['n'] = 1
  const added = await visit.close()
  const { status, headers } = withHeaders(Response.redirect('https://shop.example/cart', 303), added)
  expect([status, headers.get('Location')]).toEqual([303, 'https://shop.example/cart'])
  expect([headers.get('Vary'), headers.get('Cache-Control')]).toEqual(['Cookie', 'no-store'])
  const type = 'text/plain;charset=UTF-8'
  const own = new Response('', {
    headers: { Vary: 'Accept', 'Cache-Control': 'public, max-age=60', 'Content-Type': type },
  })
  expect([...withHeaders(own, added).headers]).toEqual([
    ['cache-control', 'no-store'],
    ['content-type', type],
    ['vary', 'Accept, Cookie'],
  ])
  expect(withHeaders(own, [])).toBe(own)
})
