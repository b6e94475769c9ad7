import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { SessionGoneError } from '../../src/base/errors.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import type { Sessions } from '../../src/sessions/sessions.ts'
import { createSessions } from '../../src/sessions/create-sessions.ts'
import type { Session } from '../../src/session/session.ts'
import type { SessionChange } from '../../src/session/state.ts'
import type { Store } from '../../src/store/store.ts'
import { SESSION_CHANNEL } from '../../src/base/events.ts'
import {
  BEGIN,
  begin,
  eventsOf,
  present,
  rejection,
  request,
  secretNamed,
  times,
  troubledStore,
} from '../store-support.ts'
import { warningsOf } from '../support.ts'

interface Data {
  n?: number
  list?: string[]
}

/** How often the pulse beats. */
const BEAT_MS = 500
/** A change that is not reported within this many beats is never reported. */
const MOST_BEATS = 200

type Kind = 'notifies' | 'is polled'

/** Sessions over a memory store that notifies, or one that has to be polled, with a clock that the test advances. */
function createPlace(kind: Kind) {
  const place = { at: BEGIN }
  const now = (): number => place.at * 1000
  const memory = memoryStore({ now })
  const { watch, ...mute } = memory
  const store = troubledStore(kind === 'notifies' ? memory : mute)
  const another = (): Sessions<Data> =>
    createSessions<Data>({ secrets: [secretNamed('newest')], store, now, lifetime: { idle: '10m' } })
  return Object.assign(place, { store, memory, watch, sessions: another(), other: another() })
}

/** Watches the session of a cookie; the end of the test ends it. */
async function watchOf(sessions: Sessions<Data>, cookie: string | undefined, signal?: AbortSignal) {
  const { session } = await sessions.open(cookie)
  return started(session.watch(signal))
}

function started(changes: AsyncIterable<SessionChange>) {
  const watch = changes[Symbol.asyncIterator]()
  onTestFinished(async () => void (await watch.return?.()))
  return watch
}

// The test decides when the pulse beats; nothing else uses this timer.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }))
afterEach(() => void vi.useRealTimers())

/** Lets all work in progress end, as far as it can. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
}

async function beats(count: number): Promise<void> {
  for (let beat = 0; beat < count; beat++) {
    await settle()
    vi.advanceTimersByTime(BEAT_MS)
  }
  await settle()
}

async function isOpen(promise: Promise<unknown>): Promise<boolean> {
  let isSettled = false
  promise.finally(() => (isSettled = true)).catch(() => undefined)
  await settle()
  return !isSettled
}

/** The next report of a watch, after any number of beats. */
async function news<T>(promise: Promise<T>): Promise<T> {
  for (let beat = 0; await isOpen(promise); beat++) {
    if (beat === MOST_BEATS) throw new Error('nothing was reported')
    vi.advanceTimersByTime(BEAT_MS)
  }
  return promise
}

const end = { done: true, value: undefined }
const told = (value: SessionChange) => ({ done: false, value })

describe.each<Kind>(['notifies', 'is polled'])('a watch of a session in a store that %s', (kind) => {
  it('reports another request’s change, and then the end', async () => {
    const { sessions, other } = createPlace(kind)
    const cookie = await begin(sessions, { n: 1 })
    const watch = await watchOf(sessions, cookie)
    const first = watch.next()
    await request(other, cookie, (session) => void (session.n = 2))
    expect(await news(first)).toEqual(told('changed'))
    await request(other, cookie, (session) => session.destroy())
    expect(await news(watch.next())).toEqual(told('revoked'))
    expect(await news(watch.next())).toEqual(end)
  })

  it('reports a change between the opening and the first wait', async () => {
    const { sessions, other } = createPlace(kind)
    const cookie = await begin(sessions, { n: 1 })
    const watch = await watchOf(sessions, cookie)
    await request(other, cookie, (session) => session.destroy())
    expect(await news(watch.next())).toEqual(told('revoked'))
  })

  it('reports many changes as one if they happen before the next wait', async () => {
    const { sessions, other } = createPlace(kind)
    const cookie = await begin(sessions, { n: 1 })
    const watch = await watchOf(sessions, cookie)
    const first = watch.next()
    await request(other, cookie, (session) => void (session.n = 2))
    expect(await news(first)).toEqual(told('changed'))
    for (const n of [3, 4, 5]) await request(other, cookie, (session) => void (session.n = n))
    expect(await news(watch.next())).toEqual(told('changed'))
    const last = watch.next()
    await beats(2)
    expect(await isOpen(last)).toBe(true)
    await request(other, cookie, (session) => session.logout())
    expect(await news(last)).toEqual(told('revoked'))
  })

  it('ends with its session, whatever has happened to it', async () => {
    const { sessions, other } = createPlace(kind)
    const leaves: ((session: Session<Data>) => void)[] = [
      (session) => session.login('ada'),
      (session) => session.regenerate(),
      (session) => session.clear(),
    ]
    for (const leave of leaves) {
      const cookie = await begin(sessions, { n: 1 })
      const watch = await watchOf(sessions, cookie)
      const change = watch.next()
      await request(other, cookie, (session) => leave(session))
      expect(await news(change)).toEqual(told('revoked'))
    }
  })

  it('does not report its own request’s changes, and follows it to a new id', async () => {
    const { sessions, other } = createPlace(kind)
    const cookie = await begin(sessions, { n: 1 })
    const visit = await sessions.open(cookie)
    const watch = started(visit.session.watch())
    const change = watch.next()
    await settle()
    visit.session.n = 2
    await visit.session.save()
    await settle()
    visit.session.regenerate()
    await visit.session.save()
    await settle()
    visit.session.login('ada', { keep: ['n'] })
    const headers = await visit.close()
    await beats(2)
    expect(await isOpen(change)).toBe(true)
    const now = present(headers[0])[1].split(';')[0]
    await request(other, now, (session) => void (session.n = 3))
    expect(await news(change)).toEqual(told('changed'))
  })

  it('ends when its own request ends the session', async () => {
    const { sessions } = createPlace(kind)
    const visit = await sessions.open(await begin(sessions, { n: 1 }))
    const watch = started(visit.session.watch())
    const change = watch.next()
    visit.session.destroy()
    await visit.close()
    expect(await news(change)).toEqual(told('revoked'))
  })

  it('does not report a change that its own request has merged', async () => {
    const { sessions, other } = createPlace(kind)
    const cookie = await begin(sessions, { list: ['a'] })
    const visit = await sessions.open(cookie)
    await request(other, cookie, (session) => void session.list?.push('b'))
    visit.session.list?.push('c')
    await visit.close()
    const change = started(visit.session.watch()).next()
    await beats(2)
    expect(await isOpen(change)).toBe(true)
  })

  it('reports revoked if another request has ended the session before its own save', async () => {
    const { sessions, other } = createPlace(kind)
    const cookie = await begin(sessions, { n: 1 })
    const visit = await sessions.open(cookie)
    await request(other, cookie, (session) => session.destroy())
    visit.session.n = 2
    expect(await rejection(visit.session.save())).toBeInstanceOf(SessionGoneError)
    expect(await started(visit.session.watch()).next()).toEqual(told('revoked'))
  })

  it('reports revoked as soon as its own request gets that error, in either order', async () => {
    const { sessions, other } = createPlace(kind)
    const cookie = await begin(sessions, { n: 1 })
    const visit = await sessions.open(cookie)
    const change = started(visit.session.watch()).next()
    await settle()
    await request(other, cookie, (session) => session.destroy())
    visit.session.n = 2
    expect(await rejection(visit.session.save())).toBeInstanceOf(SessionGoneError)
    expect(await isOpen(change)).toBe(false)
    expect(await change).toEqual(told('revoked'))
  })

  it('reports expired at the expiry, and not earlier if another request extends it', async () => {
    const place = createPlace(kind)
    const { sessions, other } = place
    const cookie = await begin(sessions, { n: 1 })
    const watch = await watchOf(sessions, cookie)
    const change = watch.next()
    place.at += 500
    await request(other, cookie, (session) => session.n)
    place.at += 500
    await beats(2)
    expect(await isOpen(change)).toBe(true)
    place.at += 101
    expect(await news(change)).toEqual(told('expired'))
    expect(await news(watch.next())).toEqual(end)
  })

  it('reports nothing while the store fails, with one event, and the changes when it recovers', async () => {
    const { sessions, other, store, memory } = createPlace(kind)
    const cookie = await begin(sessions, { n: 1 })
    const watch = await watchOf(sessions, cookie)
    const events: unknown[] = []
    const listen = (event: unknown): number => events.push(event)
    subscribe(SESSION_CHANNEL, listen)
    onTestFinished(() => void unsubscribe(SESSION_CHANNEL, listen))
    store.always('fails')
    const change = watch.next()
    await beats(3)
    expect(await isOpen(change)).toBe(true)
    expect(events).toEqual([
      expect.objectContaining({ type: 'session_watch_failed', reason: 'store_failed' }),
    ])
    expect(JSON.stringify(events)).not.toContain(present(cookie.split('=')[1]))
    const healthy = createSessions<Data>({
      secrets: [secretNamed('newest')],
      store: memory,
      now: () => BEGIN * 1000,
    })
    await request(healthy, cookie, (session) => session.destroy())
    store.always(undefined)
    expect(await news(change)).toEqual(told('revoked'))
    await other.close()
  })

  it('of an unsaved session waits until this request has saved it', async () => {
    const { sessions, other } = createPlace(kind)
    const visit = await sessions.open(undefined)
    const change = started(visit.session.watch()).next()
    await beats(1)
    expect(await isOpen(change)).toBe(true)
    visit.session.n = 1
    const cookie = present((await visit.close())[0])[1].split(';')[0]
    expect(await isOpen(change)).toBe(true)
    await request(other, cookie, (session) => session.destroy())
    expect(await news(change)).toEqual(told('revoked'))
  })

  it('reports revoked for a record sealed with an unknown secret, which a request could not open', async () => {
    const { sessions, store } = createPlace(kind)
    const cookie = await begin(sessions, { n: 1 })
    const change = (await watchOf(sessions, cookie)).next()
    const secrets = [secretNamed('of tomorrow'), secretNamed('newest')]
    const ahead = createSessions<Data>({ secrets, store, now: () => BEGIN * 1000 })
    await request(ahead, cookie, (session) => void (session.n = 2))
    expect(await news(change)).toEqual(told('revoked'))
  })
})

describe('a watch', () => {
  it('of a session in its cookie ends when it expires, and reports nothing else', async () => {
    const place = { at: BEGIN }
    const sessions = createSessions<Data>({
      secrets: [secretNamed('newest')],
      now: () => place.at * 1000,
      lifetime: { idle: '10m' },
    })
    const cookie = await begin(sessions, { n: 1 })
    const change = (await watchOf(sessions, cookie)).next()
    await request(sessions, cookie, (session) => session.destroy())
    await beats(2)
    expect(await isOpen(change)).toBe(true)
    place.at += 600
    expect(await news(change)).toEqual(told('expired'))
  })

  it('of a revocable session in its cookie reports a revocation', async () => {
    const options = {
      secrets: [secretNamed('newest')],
      now,
      revocation: memoryStore({ now }),
      revocationCache: 0,
    }
    const [sessions, other] = [createSessions<Data>(options), createSessions<Data>(options)]
    const cookie = await begin(sessions, { n: 1 })
    const change = (await watchOf(sessions, cookie)).next()
    await beats(1)
    expect(await isOpen(change)).toBe(true)
    await request(other, cookie, (session) => session.logout())
    expect(await news(change)).toEqual(told('revoked'))
  })

  it('of a session too large for its cookie reports its end, and of one that fits again only its expiry', async () => {
    const memory = memoryStore({ now: () => BEGIN * 1000 })
    const sessions = createSessions<{ text?: string }>({
      secrets: [secretNamed('newest')],
      now: () => BEGIN * 1000,
      overflow: memory,
    })
    const cookie = await begin(sessions, { text: 'x'.repeat(5000) })
    const change = started((await sessions.open(cookie)).session.watch()).next()
    await request(sessions, cookie, (session) => session.destroy())
    expect(await news(change)).toEqual(told('revoked'))
    const small = started((await sessions.open(await begin(sessions, { text: 'x' }))).session.watch()).next()
    await beats(1)
    expect(await isOpen(small)).toBe(true)
  })

  it('ends with its signal, with the loop, and with the sessions, and releases everything', async () => {
    const { memory, count } = counted()
    const sessions = createSessions<Data>({ secrets: [secretNamed('newest')], store: memory, now })
    const cookie = await begin(sessions, { n: 1 })
    const stop = new AbortController()
    const bySignal = (await watchOf(sessions, cookie, stop.signal)).next()
    const byReturn = await watchOf(sessions, cookie)
    const waiting = byReturn.next()
    const inLoop = (async () => {
      for await (const change of (await sessions.open(cookie)).session.watch()) return change
      return undefined
    })()
    const byClose = (await watchOf(sessions, cookie)).next()
    await isOpen(byClose)
    expect(count()).toBe(4)
    stop.abort()
    expect(await bySignal).toEqual(end)
    expect(await byReturn.return?.()).toEqual(end)
    expect(await waiting).toEqual(end)
    expect(count()).toBe(2)
    await request(sessions, cookie, (session) => void (session.n = 2))
    expect([await inLoop, await byClose]).toEqual(['changed', told('changed')])
    expect(count()).toBe(1)
    await sessions.close()
    expect(count()).toBe(0)
    expect(await (await watchOf(sessions, cookie)).next()).toEqual(end)
    expect(await (await watchOf(sessions, cookie, stop.signal)).next()).toEqual(end)
  })

  it('that ends before its signal aborts leaves no listener on the signal', async () => {
    const { memory } = counted()
    const sessions = createSessions<Data>({ secrets: [secretNamed('newest')], store: memory, now })
    const { signal } = new AbortController()
    const added = vi.spyOn(signal, 'addEventListener')
    const removed = vi.spyOn(signal, 'removeEventListener')
    const watch = await watchOf(sessions, await begin(sessions, { n: 1 }), signal)
    const waiting = watch.next()
    expect(await isOpen(waiting)).toBe(true)
    expect(added).toHaveBeenCalledTimes(1)
    expect(removed).not.toHaveBeenCalled()
    await watch.return?.()
    expect(await waiting).toEqual(end)
    expect(removed.mock.calls).toEqual(added.mock.calls)
  })

  it('that is ended before its start never starts', async () => {
    const { memory, count } = counted()
    const sessions = createSessions<Data>({ secrets: [secretNamed('newest')], store: memory, now })
    const watch = await watchOf(sessions, await begin(sessions, { n: 1 }))
    await watch.return?.()
    expect(await news(watch.next())).toEqual(end)
    expect(count()).toBe(0)
  })

  it('throws an error that is not the store’s, and ends', async () => {
    const { memory, count } = counted()
    const sessions = createSessions<Data>({ secrets: [secretNamed('newest')], store: memory, now })
    const cookie = await begin(sessions, { n: 1 })
    let isBroken = false
    const broken = createSessions<Data>({
      secrets: [secretNamed('newest')],
      store: memory,
      now: () => (isBroken ? fault() : now()),
    })
    const watch = await watchOf(broken, cookie)
    const change = watch.next()
    await isOpen(change)
    isBroken = true
    await request(sessions, cookie, (session) => void (session.n = 2))
    await expect(change).rejects.toThrow('a clock that is broken')
    expect(await news(watch.next())).toEqual(end)
    expect(count()).toBe(0)
  })

  it('polls if listening fails, until it succeeds', async () => {
    const place = createPlace('notifies')
    let refusals = 2
    const store: Store = {
      ...place.memory,
      watch(key, changed) {
        if (refusals-- > 0) throw new Error('ECONNREFUSED')
        return present(place.watch)(key, changed)
      },
    }
    const sessions = createSessions<Data>({
      secrets: [secretNamed('newest')],
      store,
      now: () => BEGIN * 1000,
    })
    const cookie = await begin(sessions, { n: 1 })
    const change = (await watchOf(sessions, cookie)).next()
    await request(place.other, cookie, (session) => session.destroy())
    expect(await news(change)).toEqual(told('revoked'))
  })

  it('also polls a store that notifies, but rarely', async () => {
    const place = createPlace('notifies')
    const store = troubledStore({ ...place.memory, watch: () => () => undefined })
    const sessions = createSessions<Data>({ secrets: [secretNamed('newest')], store, now })
    const cookie = await begin(sessions, { n: 1 })
    const change = (await watchOf(sessions, cookie)).next()
    await request(place.other, cookie, (session) => session.destroy())
    store.forget()
    await beats(29)
    expect(store.calls).toEqual([])
    await beats(62)
    expect(store.calls).toEqual(['read'])
    expect(await news(change)).toEqual(told('revoked'))
  })

  it('misses no change while the store starts to listen', async () => {
    const place = createPlace('notifies')
    const cookie = await begin(place.other, { n: 1 })
    const store: Store = {
      ...place.memory,
      async watch(key, changed) {
        await request(place.other, cookie, (session) => session.destroy())
        return present(place.watch)(key, changed)
      },
    }
    const sessions = createSessions<Data>({ secrets: [secretNamed('newest')], store, now })
    const change = (await watchOf(sessions, cookie)).next()
    await settle()
    expect(await isOpen(change)).toBe(false)
    expect(await change).toEqual(told('revoked'))
  })

  it('with a store that does not answer is not delayed, and releases a late listener', async () => {
    const place = createPlace('notifies')
    const { promise: opened, resolve: open } = Promise.withResolvers<void>()
    let left = 0
    const store: Store = {
      ...place.memory,
      async watch() {
        await opened
        return () => left++
      },
    }
    const options = { secrets: [secretNamed('newest')], store, now: () => BEGIN * 1000, storeTimeLimit: 50 }
    const sessions = createSessions<Data>(options)
    const watch = await watchOf(sessions, await begin(sessions, { n: 1 }))
    const events = await eventsOf(async () => {
      const change = watch.next()
      await beats(1)
      await watch.return?.()
      expect(await change).toEqual(end)
    })
    expect(events).toContain('session_watch_failed store_failed')
    open()
    await beats(1)
    expect(left).toBeGreaterThan(0)
  })

  it('answers parallel calls in order', async () => {
    const { sessions, other } = createPlace('notifies')
    const cookie = await begin(sessions, { n: 1 })
    const watch = await watchOf(sessions, cookie)
    const answers = [watch.next(), watch.next(), watch.next()]
    await request(other, cookie, (session) => void (session.n = 2))
    await answers[0]
    await request(other, cookie, (session) => session.destroy())
    expect(await Promise.all(answers)).toEqual([told('changed'), told('revoked'), end])
  })

  it('of two thousand, by one signal, causes no warning, listens once for each, and releases all', async () => {
    const { memory, count } = counted()
    const store = troubledStore(memory)
    const sessions = createSessions<Data>({ secrets: [secretNamed('newest')], store, now })
    const cookies = await Promise.all(times(100, () => begin(sessions, { n: 1 })))
    const opened = await Promise.all(cookies.map(async (cookie) => (await sessions.open(cookie)).session))
    const stop = new AbortController()
    store.forget()
    const codes = await warningsOf(async () => {
      const changes = opened.flatMap((session) =>
        times(20, () => session.watch(stop.signal)[Symbol.asyncIterator]().next()),
      )
      await beats(3)
      expect([count(), store.calls.length]).toEqual([2000, 2000])
      await request(sessions, cookies[0], (session) => session.destroy())
      const first = changes.slice(0, 20)
      const rest = changes.slice(20)
      expect(new Set((await Promise.all(first)).map(({ value }) => value as unknown))).toEqual(
        new Set(['revoked']),
      )
      expect(await isOpen(Promise.race(rest))).toBe(true)
      stop.abort()
      expect(new Set((await Promise.all(rest)).map(({ done }) => done))).toEqual(new Set([true]))
    })
    expect([count(), codes]).toEqual([0, []])
  })

  it('that has to be polled polls a thousand in a beat, each in its turn', async () => {
    const { watch: _, ...mute } = memoryStore({ now: () => BEGIN * 1000 })
    const store = troubledStore(mute)
    const sessions = createSessions<Data>({
      secrets: [secretNamed('newest')],
      store,
      now: () => BEGIN * 1000,
    })
    const { session } = await sessions.open(await begin(sessions, { n: 1 }))
    const stop = new AbortController()
    const changes = times(2500, () => session.watch(stop.signal)[Symbol.asyncIterator]().next())
    await settle()
    const asked: number[] = []
    for (let beat = 0; beat < 5; beat++) {
      store.forget()
      await beats(1)
      asked.push(store.calls.length)
    }
    expect(asked).toEqual([1000, 1000, 1000, 1000, 1000])
    stop.abort()
    await Promise.all(changes)
  })
})

const now = (): number => BEGIN * 1000

/** A memory store that counts its listeners. */
function counted() {
  const inner = memoryStore({ now })
  let open = 0
  const memory: Store = {
    ...inner,
    async watch(key, changed) {
      const leave = await inner.watch?.(key, changed)
      open++
      return () => {
        open--
        leave?.()
      }
    },
  }
  return { memory, count: () => open }
}

function fault(): never {
  throw new RangeError('a clock that is broken')
}
