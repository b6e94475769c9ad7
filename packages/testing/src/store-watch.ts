import type { SessionChange, Sessions, Store } from '@keepsake/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { newKey } from './store-keys.ts'
import { type Cart, newSecret, openShop, visit } from './store-requests.ts'
import { need, PATIENCE_MS, type Stages } from './store-stage.ts'

/** The promises of `watch`, if a store has it; and those of watched sessions, on every store. */
export function testWatch(stage: Stages): void {
  describe('the watch of a key', { timeout: PATIENCE_MS }, () => {
    it('is notified of a replacement, an end and a deletion by another client', async (context) => {
      const { store, other, record } = await stage()
      need(context, store, 'watch')
      const key = newKey()
      await store.create(key, record('first'))
      const watch = await watchKey(store, key)
      await watch.toldOf(async () => other.replace(key, 'first', record('second')))
      await watch.toldOf(async () => other.replace(key, 'second', { text: 'third', expiresAt: 0 }))
      await store.create(key, record('fourth'))
      await watch.toldOf(async () => other.delete(key))
    })

    it('is also notified of changes by its own client', async (context) => {
      const { store, record } = await stage()
      need(context, store, 'watch')
      const key = newKey()
      await store.create(key, record('first'))
      const watch = await watchKey(store, key)
      await watch.toldOf(async () => store.replace(key, 'first', record('second')))
      await watch.toldOf(async () => store.delete(key))
    })

    it('is notified once the change can be read', async (context) => {
      const { store, other, record } = await stage()
      need(context, store, 'watch')
      const key = newKey()
      await store.create(key, record('text 0'))
      const texts = Array.from({ length: 20 }, (_, n) => `text ${n}`)
      const { promise: seen, resolve } = Promise.withResolvers<void>()
      const looks: Promise<void>[] = []
      const look = async (): Promise<void> => {
        if ((await store.read(key)) === texts.at(-1)) resolve()
      }
      const end = await store.watch?.(key, () => void looks.push(look()))
      for (const [n, text] of texts.slice(1).entries()) await other.replace(key, texts[n] ?? '', record(text))
      await seen
      end?.()
      await Promise.all(looks)
    })

    it('is not notified after its end, while another watch of the key still is', async (context) => {
      const { store, other, record } = await stage()
      need(context, store, 'watch')
      const key = newKey()
      await store.create(key, record('first'))
      const [ended, stays] = [await watchKey(store, key), await watchKey(store, key)]
      await ended.toldOf(async () => other.replace(key, 'first', record('second')))
      ended.end()
      ended.end()
      const before = ended.times()
      await stays.toldOf(async () => other.replace(key, 'second', record('third')))
      stays.end()
      const again = await watchKey(store, key)
      await again.toldOf(async () => other.delete(key))
      expect(ended.times()).toBe(before)
    })
  })

  describe('a watched session', { timeout: PATIENCE_MS }, () => {
    it('reports a change and then a logout by another process', async () => {
      const { store, other, clock } = await stage()
      const secret = newSecret()
      const [here, there] = [openShop(store, secret, clock.now), openShop(other, secret, clock.now)]
      const cookie = await visit(there, undefined, (session) => void (session.note = 'first'))
      const watch = await watchOf(here, cookie)
      const first = watch.next()
      await visit(there, cookie, (session) => void (session.note = 'second'))
      expect(await first).toEqual({ done: false, value: 'changed' })
      const second = watch.next()
      await visit(there, cookie, (session) => session.logout())
      expect(await second).toEqual({ done: false, value: 'revoked' })
      expect(await watch.next()).toEqual({ done: true, value: undefined })
    })

    it('reports a login by another process as revoked, because the login gives it a new cookie', async () => {
      const { store, other, clock } = await stage()
      const secret = newSecret()
      const [here, there] = [openShop(store, secret, clock.now), openShop(other, secret, clock.now)]
      const cookie = await visit(there, undefined, (session) => void (session.note = 'first'))
      const change = (await watchOf(here, cookie)).next()
      await visit(there, cookie, (session) => session.login('ada'))
      expect(await change).toEqual({ done: false, value: 'revoked' })
    })

    it('reports that it has expired', async () => {
      const { store, clock } = await stage()
      const sessions = openShop(store, newSecret(), clock.now, { idle: 4 })
      const cookie = await visit(sessions, undefined, (session) => void (session.note = 'first'))
      const change = (await watchOf(sessions, cookie)).next()
      await clock.pass(4000)
      expect(await change).toEqual({ done: false, value: 'expired' })
    })
  })
}

async function watchOf(sessions: Sessions<Cart>, cookie: string | undefined) {
  const { session } = await sessions.open(cookie)
  const watch: AsyncIterator<SessionChange> = session.watch()[Symbol.asyncIterator]()
  onTestFinished(async () => void (await watch.return?.()))
  return watch
}

/** Watches a key until the end of the test. */
async function watchKey(store: Store, key: string) {
  let times = 0
  let wake: (() => void) | undefined
  const end = await store.watch?.(key, () => {
    times++
    wake?.()
  })
  onTestFinished(() => end?.())
  return {
    end: () => end?.(),
    times: () => times,
    /** Does something, and waits until the watch is notified. */
    async toldOf(act: () => Promise<unknown>): Promise<void> {
      const told = new Promise<void>((resolve) => (wake = resolve))
      await act()
      await told
    },
  }
}
