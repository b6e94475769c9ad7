import { describe, expect, it, onTestFinished } from 'vitest'
import { memoryStore } from '../src/store/memory-store.ts'
import type { Session } from '../src/session/session.ts'
import { createSessions } from '../src/sessions/create-sessions.ts'
import type { SessionsOptions } from '../src/sessions/options.ts'
import { revisionOf, type StoredRecord } from '../src/store/store.ts'
import { createSealer } from '../src/sealer.ts'
import {
  BEGIN,
  begin,
  dataOf,
  dataOn,
  eventsOf,
  present,
  request,
  secretNamed,
  storeAround,
} from './store-support.ts'

/** The additional data of a version without these controls. */
const OLD = '"reload":"old","take":{"deep":1},'
const DROPPED = 'session_key_dropped control_name'
const BIG = 'x'.repeat(5000)

const now = (): number => BEGIN * 1000

/** Changes a text as an older process would. In a row, a line precedes the JSON. */
const older = (text: string): string => text.replace('{"', `{${OLD}"`)

/** Sessions, and an older process that writes the keys into their stored data. */
function createPlace(options: Partial<SessionsOptions> = {}) {
  const memory = memoryStore({ now })
  let afterwards: (() => Promise<void>) | undefined
  let written: readonly [key: string, record: StoredRecord] | undefined
  const store = storeAround(memory, async ({ key, record }, go) => {
    if (record !== undefined) written = [key, record]
    const answer = await go()
    const hook = afterwards
    if (record === undefined || hook === undefined) return answer
    afterwards = undefined
    await hook()
    throw new Error('ECONNRESET')
  })
  const kind = 'overflow' in options ? { overflow: store } : 'store' in options ? {} : { store }
  const secrets = [secretNamed('newest')]
  const create = () => createSessions({ secrets, now, ...options, ...kind })
  const sessions = create()
  const sealer = (purpose: 'cookie' | 'store') =>
    createSealer({ secrets, purpose, name: sessions.cookie.name })

  return {
    sessions,
    otherProcess: create(),
    /** Runs this after the next write, whose reply is then lost. */
    loseAnswer: (then: () => Promise<void>) => void (afterwards = then),
    inRow: async (): Promise<void> => {
      const [key, record] = present(written)
      const opened = sealer('store').open(record.text, key)
      if (!opened.ok) throw new Error(opened.reason)
      const text = sealer('store').seal({ ...opened.fields, text: older(opened.fields.text) }, key)
      expect(await memory.replace(key, revisionOf(record.text), { ...record, text })).toBe(true)
      written = [key, { ...record, text }]
    },
    inCookie: (cookie: string): string => {
      const [name, token] = cookie.split('=') as [string, string]
      const opened = sealer('cookie').open(token)
      if (!opened.ok) throw new Error(opened.reason)
      return `${name}=${sealer('cookie').seal({ ...opened.fields, text: older(opened.fields.text) })}`
    },
  }
}

const look = (session: Session): void => {
  expect(session.isChanged).toBe(false)
  expect(session.reload).toBeTypeOf('function')
  expect(session.take).toBeTypeOf('function')
}

describe('a record with keys that have become the names of controls', () => {
  it.each([
    ['in a cookie', { store: undefined, revocation: 'none' } as const, { n: 1 }],
    ['in a store', {}, { n: 1 }],
    ['in its cookie though it might overflow', { overflow: undefined }, { n: 1 }],
    ['that has overflowed', { overflow: undefined }, { n: 1, big: BIG }],
  ])('opens without them %s, and reading it is not a change', async (where, options, data) => {
    const { sessions, inRow, inCookie } = createPlace(options)
    const first = await begin(sessions, data, 'ada')
    const isInCookie = where.includes('cookie')
    if (!isInCookie) await inRow()
    const cookie = isInCookie ? inCookie(first) : first
    expect(await dataOf(sessions, cookie)).toEqual(data)
    expect(await eventsOf(() => request(sessions, cookie, look))).toEqual(['session_opened opened', DROPPED])
    const next = await request(sessions, cookie, (session) => (session['n'] = 2))
    expect(await eventsOf(() => request(sessions, next, look))).toEqual(['session_opened opened'])
    expect(await dataOf(sessions, next)).toEqual({ ...data, n: 2 })
  })

  it('is reloaded without them after an older process has written them', async () => {
    const { sessions, inRow } = createPlace()
    const cookie = await begin(sessions, { n: 1 })
    const events = await eventsOf(() =>
      request(sessions, cookie, async (session) => {
        await inRow()
        session['n'] = 2
        await session.reload()
        expect(dataOn(session)).toEqual({ n: 1 })
        look(session)
      }),
    )
    expect(events).toEqual(['session_opened opened', DROPPED])
  })

  it.each<[string, (session: Session) => unknown, object]>([
    ['an assignment', (session) => (session['m'] = 1), { n: 1, m: 1 }],
    ['an update', (session) => session.update((data) => (data['n'] = Number(data['n']) + 1)), { n: 2 }],
    [
      'an update that clears',
      (session) => session.update((data) => (data.clear(), (data['m'] = 1))),
      { m: 1 },
    ],
    ['a regenerate', (session) => session.regenerate(), { n: 1 }],
  ])('is merged with %s without them', async (_, change, expected) => {
    const { sessions, inRow } = createPlace()
    const cookie = await begin(sessions, { n: 1 })
    let next: string | undefined
    const events = await eventsOf(async () => {
      next = await request(sessions, cookie, async (session) => {
        await inRow()
        change(session)
        await session.save()
        expect(dataOn(session)).toEqual(expected)
        look(session)
      })
    })
    expect(events).toContain(DROPPED)
    expect(await eventsOf(() => request(sessions, next, look))).toEqual(['session_opened opened'])
    expect(await dataOf(sessions, next)).toEqual(expected)
  })

  it('appears without them after its write’s reply was lost and an older process has written on top', async () => {
    const { sessions, otherProcess, inRow, loseAnswer } = createPlace()
    const cookie = await begin(sessions, { n: 1 })
    await request(sessions, cookie, async (session) => {
      session['m'] = 1
      loseAnswer(async () => {
        await request(otherProcess, cookie, (other) => (other['theirs'] = 1))
        await inRow()
      })
      await session.save()
      expect(dataOn(session)).toEqual({ n: 1, m: 1, theirs: 1 })
      look(session)
    })
    expect(await dataOf(sessions, cookie)).toEqual({ n: 1, m: 1, theirs: 1 })
  })

  it('returns a value from take once, after an older process has written them', async () => {
    const { sessions, inRow } = createPlace()
    const cookie = await begin(sessions, { n: 1, otp: '1' })
    await request(sessions, cookie, async (session) => {
      await inRow()
      expect(await session.take('otp')).toBe('1')
      expect(dataOn(session)).toEqual({ n: 1 })
      look(session)
    })
    expect(await dataOf(sessions, cookie)).toEqual({ n: 1 })
  })

  it('is not reported by a watch because of them', async () => {
    const { sessions, inRow } = createPlace()
    const cookie = await begin(sessions, { n: 1 })
    await inRow()
    const { session } = await sessions.open(cookie)
    const watch = session.watch()[Symbol.asyncIterator]()
    onTestFinished(async () => void (await watch.return?.()))
    const told: unknown[] = []
    const telling = watch.next().then((change) => told.push(change.value))
    // The first check has ended by the time a second request has taken the same steps.
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
    expect(told).toEqual([])
    await request(sessions, cookie, (other) => (other['n'] = 2))
    await telling
    expect(told).toEqual(['changed'])
  })
})
