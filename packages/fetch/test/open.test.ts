import { type Data, inSlowMotion } from '@keepsake/testing'
import { describe, expect, it } from 'vitest'
import { createSessions, open } from '../src/index.ts'
import { ask, SECRETS } from './asking.ts'

describe('open', () => {
  it('returns the same visit for every call with a request, even before the first has resolved', async () => {
    const sessions = inSlowMotion(createSessions<Data>({ secrets: SECRETS, revocation: 'none' }))
    const first = await open(sessions, ask('/'))
    first.session['n'] = 1
    const before = await first.answer(new Response())
    const request = ask('/', before)
    const [one, other] = await Promise.all([open(sessions, request), open(sessions, request)])
    expect(one).toBe(other)
    expect(await open(sessions, request)).toBe(one)
    expect(one?.session['n']).toBe(1)
  })

  it('separates two sessions of one request, and sets the cookies of both', async () => {
    const [shop, admin] = ['shop', 'admin'].map((name) =>
      createSessions<Data>({ secrets: SECRETS, revocation: 'none', cookie: { name } }),
    )
    if (shop === undefined || admin === undefined) throw new Error('two are made')
    const request = ask('/')
    let response = new Response()
    for (const sessions of [shop, admin]) (await open(sessions, request)).session['n'] = sessions.cookie.name
    for (const sessions of [shop, admin]) response = await (await open(sessions, request)).answer(response)
    expect(response.headers.getSetCookie().map((line) => line.split('=')[0])).toEqual([
      '__Host-shop',
      '__Host-admin',
    ])
    expect([response.headers.get('Vary'), response.headers.get('Cache-Control')]).toEqual([
      'Cookie',
      'no-store',
    ])
  })
})
