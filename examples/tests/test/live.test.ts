import { createSessions, memoryStore, type Store } from '@keepsake/core'
import { createAccounts, type ShopSession } from 'example-shop'
import { describe, expect, test, vi } from 'vitest'
import { loginListeners, served } from './listeners.ts'

const SECRET = 'pV3xkQ7mT1zL9wR5yB2nC8dF4gH6jK0s'
const HOUR = 3600
const MINUTES_40 = 2400
const accounts = await createAccounts({ N: 2, r: 1, p: 1 })

let now = Date.now()
// A generous limit for a busy machine; it measures nothing.
const PATIENTLY = { timeout: 60_000 }
let watchers = 0
const memory = memoryStore()
const store: Store = {
  ...memory,
  async watch(key, changed) {
    const stop = await memory.watch?.(key, changed)
    watchers++
    return () => {
      watchers--
      stop?.()
    }
  },
}
const sessions = createSessions<ShopSession>({ secrets: [SECRET], store, now: () => now })

async function logIn(): Promise<string> {
  const visit = await sessions.open(undefined)
  visit.session.login('ada')
  const [[, line = ''] = []] = await visit.close()
  return line.split(';', 1)[0] ?? ''
}

async function secondsLeft(cookie: string): Promise<number> {
  const peek = await sessions.peek(cookie)
  return peek?.secondsLeft ?? 0
}

describe.each(await loginListeners({ sessions, accounts }))(
  'the live stream of the shop on %s',
  (_, listener) => {
    const url = served(listener)
    const complaints = vi.spyOn(console, 'error').mockImplementation(() => undefined)

    test('starts at once, does not extend the session, and ends when the reader disconnects', async ({
      onTestFinished,
    }) => {
      const cookie = await logIn()
      now += MINUTES_40 * 1000
      const reader = new AbortController()
      onTestFinished(() => reader.abort())
      const answer = await fetch(`${url()}/live`, { headers: { cookie }, signal: reader.signal })
      expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
      expect(answer.headers.get('cache-control')).toBe('no-store, no-transform')
      expect(answer.headers.has('set-cookie')).toBe(false)
      const first = await answer.body?.getReader().read()
      expect(Buffer.from(first?.value ?? []).toString()).toBe('retry: 250\n\n')
      await expect.poll(() => watchers, PATIENTLY).toBe(1)
      expect(await secondsLeft(cookie)).toBeLessThanOrEqual(HOUR - MINUTES_40)
      reader.abort()
      await expect.poll(() => watchers, PATIENTLY).toBe(0)
      expect(complaints).not.toHaveBeenCalled()

      // Any other page extends it.
      await (await fetch(`${url()}/cart`, { headers: { cookie } })).text()
      expect(await secondsLeft(cookie)).toBeGreaterThan(HOUR - MINUTES_40)
    })

    test('ends when another request ends the session, and the next stream reports that', async () => {
      const cookie = await logIn()
      const answer = await fetch(`${url()}/live`, { headers: { cookie } })
      await expect.poll(() => watchers, PATIENTLY).toBe(1)
      await sessions.revokeAll('ada')
      expect(await answer.text()).not.toContain('ended')
      expect(await (await fetch(`${url()}/live`, { headers: { cookie } })).text()).toContain('event: ended')
    })

    test('ends at once for an anonymous visitor, and for a HEAD request', async () => {
      expect(await (await fetch(`${url()}/live`)).text()).toContain('event: ended')
      expect(
        (await fetch(`${url()}/live`, { method: 'HEAD', headers: { cookie: await logIn() } })).status,
      ).toBe(200)
    })

    test('is used by a script that the page’s policy allows', async () => {
      const script = await fetch(`${url()}/live.js`)
      expect(script.headers.get('content-type')).toMatch(/^text\/javascript/)
      const page = await fetch(`${url()}/account`, { headers: { cookie: await logIn() } })
      expect(page.headers.get('content-security-policy')).toContain("script-src 'self'; connect-src 'self'")
      expect(await page.text()).toContain('<script src="/live.js" defer>')
    })
  },
)
