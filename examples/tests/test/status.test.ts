import { createSessions, memoryStore, type Store } from '@keepsake/core'
import { createAccounts, type ShopSession } from 'example-shop'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { loginListeners, served } from './listeners.ts'

const SECRET = 'pV3xkQ7mT1zL9wR5yB2nC8dF4gH6jK0s'
const HOUR = 3600
const MINUTES_40 = 2400
const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' }
const accounts = await createAccounts({ N: 2, r: 1, p: 1 })

let now = Date.now()
let isDown = false
let writes = 0
const memory = memoryStore({ now: () => now })
const store: Store = {
  ...memory,
  read(key) {
    if (isDown) throw new Error('down')
    return memory.read(key)
  },
  replace(...values) {
    writes++
    return memory.replace(...values)
  },
}
const sessions = createSessions<ShopSession>({ secrets: [SECRET], store, now: () => now })

/** The cookie of a logged-in user; or, without a name, of an anonymous visitor with a book in the cart. */
async function begin(subject?: string): Promise<string> {
  const visit = await sessions.open(undefined)
  if (subject === undefined) visit.session.visits = 1
  else visit.session.login(subject)
  const [[, line = ''] = []] = await visit.close()
  return line.split(';', 1)[0] ?? ''
}

const postTo = (url: string, headers: Record<string, string>) => fetch(url, { method: 'POST', headers })

const secondsLeft = async (cookie: string): Promise<number> => (await sessions.peek(cookie))?.secondsLeft ?? 0

describe.each(await loginListeners({ sessions, accounts }))('sessionStatus() of %s', (_, listener) => {
  const at = served(listener)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  let url = ''
  beforeAll(() => void (url = `${at()}/session`))

  test('reports the user and the remaining time, is not cached, and does not extend the session', async () => {
    const cookie = await begin('ada')
    now += MINUTES_40 * 1000
    writes = 0
    for (let n = 0; n < 2; n++) {
      const answer = await fetch(url, { headers: { cookie } })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-type')).toBe('application/json')
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.headers.has('set-cookie')).toBe(false)
      expect(await answer.json()).toEqual({ state: 'user', expiresIn: HOUR - MINUTES_40 })
    }
    expect(writes).toBe(0)
    const head = await fetch(url, { method: 'HEAD', headers: { cookie } })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect(await secondsLeft(cookie)).toBe(HOUR - MINUTES_40)
    expect(await (await fetch(url, { headers: { cookie: await begin() } })).json()).toMatchObject({
      state: 'anonymous',
      expiresIn: HOUR,
    })
    now += HOUR * 1000
    for (const headers of [{ cookie }, {}])
      expect(await (await fetch(url, { headers })).json()).toEqual({ state: 'none', expiresIn: 0 })
  })

  test('extends the session with a POST from the same site, and not from another one', async () => {
    const cookie = await begin('ada')
    now += MINUTES_40 * 1000
    expect((await postTo(url, { cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect(await secondsLeft(cookie)).toBe(HOUR - MINUTES_40)
    const answer = await postTo(url, { cookie, ...SAME_ORIGIN })
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([204, 'no-store'])
    expect(await secondsLeft(cookie)).toBe(HOUR)
    expect((await postTo(url, SAME_ORIGIN)).status).toBe(404)
  })

  test('refuses other methods with 405, and answers 503 if the store fails', async () => {
    const cookie = await begin('ada')
    const put = await fetch(url, { method: 'PUT', headers: SAME_ORIGIN })
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
    isDown = true
    try {
      expect((await fetch(url, { headers: { cookie } })).status).toBe(503)
      expect((await fetch(url, { method: 'POST', headers: { cookie, ...SAME_ORIGIN } })).status).toBe(503)
    } finally {
      isDown = false
    }
  })
})
