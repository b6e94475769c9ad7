import { createTimeLimit, type TimeLimit } from '../../src/base/time-limit.ts'
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { StoreError, StoreTimeoutError } from '../../src/base/errors.ts'
import { RecordTooLargeError } from '../../src/base/size-errors.ts'
import { inStore, type StoreSetup } from '../../src/modes/in-store.ts'
import type { Changes, Commit, Committed, EagerMode, InForce } from '../../src/modes/mode.ts'
import { timed } from '../../src/modes/timed.ts'
import { rewriteInTurn } from '../../src/store/rewrite.ts'
import type { Plan } from '../../src/record/plan.ts'
import { randomBytes } from '../../src/base/random.ts'
import { readText } from '../../src/record/text.ts'
import { EMPTY_TEXT } from '../../src/record/encode.ts'
import { BEGIN, createGate, createWorld, present, rejection, request, times } from '../store-support.ts'
import { commitOf, createShelf, fieldsWith, keysOf, LIFETIME, mergedWith } from './stored.ts'

const plan = (record: Plan['record'], cookie: Plan['cookie'] = 'set'): Plan => ({
  record,
  cookie,
  reason: 'changed',
})
const CREATE = plan('create')
const UPDATE = plan('update')
const MOVE = plan('move')
const EMPTY = plan('empty', 'clear')
const DELETE = plan('delete', 'clear')
const GONE = { outcome: 'gone', record: undefined, value: undefined }

const NOTHING: InForce = { ...fieldsWith({}), text: EMPTY_TEXT }
const newSid = (): Uint8Array => randomBytes(keysOf().fillRandom, 16)

/** A mode over a memory store with one row, `{ base: 1 }`. */
async function createMode(change: Partial<StoreSetup> & { subject?: string; timeLimit?: TimeLimit } = {}) {
  const { subject, timeLimit = createTimeLimit(2000), ...setup } = change
  const shelf = createShelf()
  const { records } = shelf
  const modeOf = (): EagerMode =>
    timed(
      inStore({
        records,
        inTurn: rewriteInTurn(records, timeLimit),
        context: keysOf().storeContext,
        formerContexts: [],
        lifetime: LIFETIME,
        cap: undefined,
        isOverflow: false,
        ...setup,
      }),
      timeLimit,
    )
  const mode = modeOf()
  const after = fieldsWith({ base: 1 }, subject)
  const first = await mode.apply(commitOf({ plan: CREATE, before: undefined, after }))
  shelf.store.forget()
  return { ...shelf, mode, another: modeOf, cookie: present(first.value), before: present(first.record) }
}

const applied = async (mode: EagerMode, commit: Commit): Promise<Committed> => mode.apply(commit)

const openedBy = async (mode: EagerMode, cookie: string | undefined, now = BEGIN): Promise<string> =>
  (await mode.load(cookie ?? '', now)).reason

async function dataUnder(mode: EagerMode, cookie: string | undefined): Promise<object | undefined> {
  const { record } = await mode.load(cookie ?? '', BEGIN)
  return record && readText(record.text)?.data
}

/** The commit of a request that has read `before` and left this data. */
function leaving(before: InForce, data: object, change: Partial<Commit> = {}): Commit {
  const isNew = change.plan?.record === 'move'
  const after = fieldsWith(data, before.subject, { sid: isNew ? newSid() : before.sid })
  return commitOf({ plan: UPDATE, before, after, changes: mergedWith(after), ...change })
}

/** One that adds a key. */
const adding = (before: InForce, key: string, change: Partial<Commit> = {}): Commit =>
  leaving(before, { base: 1, [key]: 1 }, change)

const login = (before: InForce, key: string, change: Partial<Commit> = {}): Commit => {
  const after = fieldsWith({ base: 1, [key]: 1 }, 'alice', { sid: newSid() })
  return commitOf({ plan: MOVE, before, after, isLogin: true, changes: mergedWith(after), ...change })
}

const emptying = (before: InForce): Commit =>
  commitOf({
    plan: EMPTY,
    before,
    after: NOTHING,
    changes: { ...mergedWith(NOTHING), alone: () => undefined },
  })

const ending = (before: InForce): Commit =>
  commitOf({ plan: DELETE, before, after: NOTHING, continues: false, changes: mergedWith(NOTHING) })

const bytesOf = (cookie: string | undefined): Buffer => {
  const [, value = ''] = /^__Host-session=([A-Za-z0-9_-]{64})$/.exec(cookie ?? '') ?? []
  return Buffer.from(value, 'base64url')
}

const hashOf = (use: string, part: Buffer): Buffer =>
  createHash('sha256').update(use).update(keysOf().storeContext).update(part).digest()

describe('the cookie of a stored session', () => {
  it('is 48 random bytes, another 32 of them after each regenerate and login (R21)', async () => {
    const { sessions } = createWorld()
    const first = await Promise.all(
      times(1000, async () => request(sessions, undefined, (session) => (session['a'] = 1))),
    )
    const renewed = await Promise.all(
      first.map(async (cookie) => request(sessions, cookie, (s) => s.regenerate())),
    )
    const logins = await Promise.all(
      renewed.map(async (cookie) => request(sessions, cookie, (s) => s.login('u'))),
    )
    const locators = (cookies: typeof first) => cookies.map((cookie) => bytesOf(cookie).subarray(0, 16))
    expect(locators(renewed)).toEqual(locators(first))
    expect(locators(logins)).toEqual(locators(first))
    const verifiers = [...first, ...renewed, ...logins].map((cookie) => bytesOf(cookie).subarray(16))
    const secrets = [...locators(first), ...verifiers]
    expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).toBe(4000)
    const bytes = Buffer.concat(secrets)
    expect(bytes).toHaveLength(1000 * 16 + 3000 * 32)
    const counts = new Map<number, number>()
    for (const byte of bytes) counts.set(byte, (counts.get(byte) ?? 0) + 1)
    const expected = bytes.length / 256
    const chiSquare = times(256, (byte) => ((counts.get(byte) ?? 0) - expected) ** 2 / expected)
    // 255 degrees of freedom: a value above 420 occurs once in 10^9 runs.
    expect(chiSquare.reduce((sum, part) => sum + part)).toBeLessThan(420)
  })

  it('is known to the store only as two hashes, bound to its name (R22)', async () => {
    const { cookie, before } = await createMode()
    const bytes = Buffer.from(cookie, 'base64url')
    expect(before.place?.key).toBe(
      hashOf('keepsake/v1/locator', bytes.subarray(0, 16)).toString('hex', 0, 16),
    )
    const proof = hashOf('keepsake/v1/verifier', bytes.subarray(16)).toString('base64url', 0, 16)
    expect(before.place?.row.proof).toBe(proof)
  })
})

describe('loading a stored session', () => {
  it('reads the store only for values with the format of a cookie (R24)', async () => {
    const { mode, store, cookie } = await createMode()
    for (const value of [
      '',
      'x',
      `${cookie}A`,
      cookie.slice(1),
      '../../etc/passwd',
      'a'.repeat(4096),
      'A'.repeat(43),
    ])
      expect(mode.load(value, BEGIN)).toEqual({ reason: 'malformed' })
    expect(store.calls).toEqual([])
    expect(await mode.load(cookie, BEGIN)).toMatchObject({ reason: 'opened', record: { place: { cookie } } })
    expect(store.calls).toEqual(['read'])
  })

  it('opens a row only for the complete verifier', async () => {
    const { mode, cookie } = await createMode()
    const bytes = Buffer.from(cookie, 'base64url')
    for (const at of times(32, (index) => 16 + index)) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(await openedBy(mode, changed.toString('base64url'))).toBe('ended')
    }
    expect(await openedBy(mode, cookie)).toBe('opened')
  })

  it('reports the last three cookies as superseded for a minute', async () => {
    const { mode, cookie, before } = await createMode()
    const cookies = [cookie]
    let record: InForce | undefined = before
    for (const at of [0, 1, 2, 3]) {
      const done: Committed = await mode.apply(
        leaving(present(record), { base: 1 }, { plan: MOVE, at: BEGIN + at }),
      )
      cookies.push(present(done.value))
      record = done.record
    }
    const reasons = (now: number): Promise<string[]> =>
      Promise.all(cookies.map(async (each) => openedBy(mode, each, now)))
    const superseded = 'superseded'
    expect(await reasons(BEGIN + 4)).toEqual(['ended', superseded, superseded, superseded, 'opened'])
    // Each for sixty seconds after the next cookie replaced it.
    expect(await reasons(BEGIN + 62)).toEqual(['ended', 'ended', superseded, superseded, 'opened'])
    expect(await reasons(BEGIN + 64)).toEqual(['ended', 'ended', 'ended', 'ended', 'opened'])
  })

  it('enforces the limits, whatever the store returns (R32)', async () => {
    const { mode, cookie } = await createMode()
    expect(await mode.load(cookie, BEGIN + 3599)).toMatchObject({ reason: 'opened' })
    expect(await mode.load(cookie, BEGIN + 3600)).toEqual({ reason: 'expired_idle' })
  })

  it('is limited in time', async () => {
    const { mode, store, cookie } = await createMode({ timeLimit: createTimeLimit(20) })
    store.next('read', 'hangs')
    expect(await rejection(Promise.resolve(mode.load(cookie, BEGIN)))).toBeInstanceOf(StoreTimeoutError)
    expect(await dataUnder(mode, cookie)).toEqual({ base: 1 })
  })
})

describe('a commit without parallel requests', () => {
  it.each<[string, (before: InForce) => Commit, readonly string[]]>([
    ['a change', (before) => adding(before, 'a'), ['replace']],
    ['a new cookie', (before) => adding(before, 'a', { plan: MOVE }), ['replace']],
    ['a login', (before) => login(before, 'a'), ['replace']],
    ['another session', (before) => adding(before, 'a', { plan: MOVE, continues: false }), ['replace']],
    ['emptying', emptying, ['replace']],
    ['an end', ending, ['replace']],
  ])('makes one store call: %s', async (_, commitOn, calls) => {
    const { mode, store, before } = await createMode()
    expect((await mode.apply(commitOn(before))).outcome).toBe('done')
    expect(store.calls).toEqual(calls)
  })

  it('sets no cookie unless its lifetime changes', async () => {
    const { mode, before, cookie } = await createMode()
    const done = await mode.apply(adding(before, 'a'))
    expect(done).toMatchObject({ outcome: 'done', value: undefined })
    const permanent = { ...fieldsWith({ base: 2 }), permanent: true }
    const again = commitOf({ plan: UPDATE, before: done.record, after: permanent })
    expect(await mode.apply(again)).toMatchObject({
      outcome: 'done',
      value: cookie,
      record: { permanent: true },
    })
  })

  it('can be followed by another one of the same visit', async () => {
    const { mode, store, before, cookie } = await createMode()
    let record: InForce | undefined = before
    for (const n of [1, 2, 3]) {
      const done: Committed = await mode.apply(
        commitOf({ plan: UPDATE, before: record, after: fieldsWith({ n }) }),
      )
      record = done.record
    }
    expect(await dataUnder(mode, cookie)).toEqual({ n: 3 })
    expect(store.calls).toEqual(['replace', 'replace', 'replace', 'read'])
  })

  it.each<[string, (before: InForce) => Commit]>([
    ['a new cookie', (before) => adding(before, 'a', { plan: MOVE })],
    ['a login', (before) => login(before, 'a')],
    ['another session', (before) => adding(before, 'a', { plan: MOVE, continues: false })],
  ])('keeps row and locator with %s, and the old cookie opens nothing', async (_, commitOn) => {
    const { mode, memory, before, cookie } = await createMode()
    const { value, record } = await mode.apply(commitOn(before))
    expect(record?.place?.key).toBe(before.place?.key)
    expect(value?.slice(0, 21)).toBe(cookie.slice(0, 21))
    expect(value?.slice(22)).not.toBe(cookie.slice(22))
    expect(await dataUnder(mode, value)).toEqual({ base: 1, a: 1 })
    expect(await openedBy(mode, cookie)).toBe('superseded')
    expect(memory.size).toBe(1)
  })

  it.each([
    ['emptying', emptying],
    ['an end', ending],
  ])('leaves no row after %s', async (_, commitOn) => {
    const { mode, memory, before, cookie } = await createMode()
    await mode.apply(commitOn(before))
    expect(await mode.load(cookie, BEGIN)).toEqual({ reason: 'ended' })
    expect(memory.size).toBe(0)
  })
})

describe('commits of parallel requests with the same row', () => {
  it('are all saved, with one call each', async () => {
    const { mode, store, before, cookie } = await createMode()
    const commits = times(50, (index) => applied(mode, adding(before, `k${index}`)))
    const outcomes = (await Promise.all(commits)).map(({ outcome }) => outcome)
    expect(outcomes).toEqual(['done', ...times(49, () => 'merged')])
    expect(store.calls).toEqual(times(50, () => 'replace'))
    expect(Object.keys((await dataUnder(mode, cookie)) ?? {})).toHaveLength(51)
  })

  it.each([1, 2])('are saved before and after it gets a new cookie, in %i processes', async (processes) => {
    const { mode, another, memory, before, cookie } = await createMode()
    const other = processes === 1 ? mode : another()
    const [early, moved, late] = await Promise.all([
      mode.apply(adding(before, 'a')),
      other.apply(adding(before, 'b', { plan: MOVE })),
      mode.apply(adding(before, 'c')),
    ])
    expect([early.value, late.value]).toEqual([undefined, undefined])
    expect(await dataUnder(mode, moved.value)).toEqual({ base: 1, a: 1, b: 1, c: 1 })
    expect(await dataUnder(mode, cookie)).toBeUndefined()
    expect(memory.size).toBe(1)
  })

  it('give it one new cookie if two regenerate, and both are merged', async () => {
    const { mode, memory, before } = await createMode()
    const both = await Promise.all(
      ['a', 'b'].map((key) => applied(mode, adding(before, key, { plan: MOVE }))),
    )
    expect(both.map(({ outcome }) => outcome)).toEqual(['done', 'merged'])
    const [first, second] = both
    expect(second?.value).toBeUndefined()
    expect(await dataUnder(mode, first?.value)).toEqual({ base: 1, a: 1, b: 1 })
    expect(memory.size).toBe(1)
  })

  it('have a row each if two log in', async () => {
    const { mode, memory, before, cookie } = await createMode()
    const both = await Promise.all(['a', 'b'].map((key) => applied(mode, login(before, key))))
    const found = await Promise.all(both.map(({ value }) => dataUnder(mode, value)))
    expect(found).toEqual([
      { base: 1, a: 1 },
      { base: 1, b: 1 },
    ])
    expect(await dataUnder(mode, cookie)).toBeUndefined()
    expect(memory.size).toBe(2)
  })

  it('keep a row that one empties if another adds data', async () => {
    const { mode, before, cookie } = await createMode()
    const changes: Changes = { ...mergedWith(NOTHING), rebase: (theirs) => ({ ...theirs, text: '{"a":1}' }) }
    const emptied = commitOf({ plan: EMPTY, before, after: NOTHING, changes })
    const [, ended] = await Promise.all([mode.apply(adding(before, 'a')), mode.apply(emptied)])
    expect(ended).toMatchObject({ outcome: 'merged', value: undefined, record: { text: '{"a":1}' } })
    expect(await dataUnder(mode, cookie)).toEqual({ a: 1 })
  })

  it('end it whatever others have written for the same subject, but not another subject’s login', async () => {
    const { mode, memory, before } = await createMode()
    await mode.apply(adding(before, 'a'))
    expect((await mode.apply(ending(before))).outcome).toBe('done')
    expect(memory.size).toBe(0)
    const { mode: other, memory: rows, before: anonymous } = await createMode()
    const { value } = await other.apply(login(anonymous, 'a'))
    expect(await other.apply(ending(anonymous))).toEqual(GONE)
    expect(await openedBy(other, value)).toBe('opened')
    expect(rows.size).toBe(1)
  })
})

async function ended(change: Parameters<typeof createMode>[0] = {}) {
  const world = await createMode(change)
  await world.another().apply(ending(world.before))
  return world
}

describe('a commit whose row is gone', () => {
  it.each<[string, (before: InForce) => Commit]>([
    ['a change', (before) => adding(before, 'a')],
    ['a new cookie', (before) => adding(before, 'a', { plan: MOVE })],
    ['emptying', emptying],
  ])('of a subject has the outcome gone, and writes nothing: %s', async (_, commitOn) => {
    const { mode, memory, before } = await ended({ subject: 'alice' })
    expect(await mode.apply(commitOn(before))).toEqual(GONE)
    expect(memory.size).toBe(0)
  })

  it('of an anonymous visitor begins a new session with its own additions', async () => {
    const { mode, memory, before, cookie } = await ended()
    const alone = fieldsWith({ a: 1 }, undefined, { sid: newSid() })
    const changes: Changes = { ...mergedWith(before), alone: () => alone }
    const done = await mode.apply(adding(before, 'a', { changes }))
    expect(done).toMatchObject({ outcome: 'restarted', record: { sid: alone.sid } })
    expect(await dataUnder(mode, done.value)).toEqual({ a: 1 })
    expect(done.value?.slice(0, 21)).not.toBe(cookie.slice(0, 21))
    expect(await openedBy(mode, cookie)).toBe('ended')
    expect(memory.size).toBe(1)
  })

  it('of an anonymous visitor has the outcome gone without additions', async () => {
    const { mode, memory, before } = await ended()
    const changes: Changes = { ...mergedWith(before), alone: () => undefined }
    expect(await mode.apply(adding(before, 'a', { changes }))).toEqual(GONE)
    expect(memory.size).toBe(0)
  })

  it('of an anonymous visitor has the outcome gone if an earlier attempt may have been written', async () => {
    const { mode, memory, store, before } = await createMode()
    store.next('replace', async () => {
      await memory.delete(present(before.place).key)
      throw new Error('ECONNRESET')
    })
    expect(await mode.apply(adding(before, 'a'))).toEqual(GONE)
    expect(memory.size).toBe(0)
  })

  it.each([undefined, 'alice'])('gets a new row if it is a login, from a session of %s', async (subject) => {
    const { mode, memory, before } = await ended({ ...(subject !== undefined && { subject }) })
    const done = await mode.apply(login(before, 'a'))
    expect(done.outcome).toBe('done')
    expect(await dataUnder(mode, done.value)).toEqual({ base: 1, a: 1 })
    expect(memory.size).toBe(1)
  })

  it('that ends the session succeeds', async () => {
    const { mode, before } = await ended()
    expect(await mode.apply(ending(before))).toEqual({ outcome: 'done', record: undefined, value: undefined })
  })

  it('in overflow has the outcome gone, because the session may have moved into its cookie', async () => {
    const { mode, memory, before } = await ended({ isOverflow: true })
    expect(await mode.apply(adding(before, 'a'))).toEqual(GONE)
    expect(memory.size).toBe(0)
  })
})

describe('a row that does not open', () => {
  it('makes a change fail, and is deleted by an end', async () => {
    const { mode, another, memory, store, before } = await createMode()
    const { key } = present(before.place)
    await memory.delete(key)
    await memory.create(key, { text: 'x'.repeat(200), expiresAt: Infinity })
    expect(await rejection(applied(mode, adding(before, 'a')))).toMatchObject({
      code: 'KEEPSAKE_STORE',
      message: 'another server has replaced the record with one that this server cannot open',
    })
    expect(memory.size).toBe(1)
    store.forget()
    expect((await another().apply(ending(before))).outcome).toBe('done')
    expect(store.calls).toEqual(['replace', 'read', 'delete'])
    expect(memory.size).toBe(0)
  })
})

const KINDS: readonly (readonly [string, (before: InForce) => Commit])[] = [
  ['a change', (before) => leaving(before, { base: 2 })],
  ['a new cookie', (before) => leaving(before, { base: 2 }, { plan: MOVE })],
  ['a login', (before) => login(before, 'a')],
  ['emptying', emptying],
  ['an end', ending],
]

describe('a failing store', () => {
  it.each(KINDS)('makes %s fail if it keeps failing, and keeps the row as it was', async (_, commitOn) => {
    const { mode, store, memory, before, cookie } = await createMode()
    store.next('replace', 'fails', 'fails')
    expect(await rejection(applied(mode, commitOn(before)))).toBeInstanceOf(StoreError)
    expect(await dataUnder(mode, cookie)).toEqual({ base: 1 })
    expect(memory.size).toBe(1)
  })

  it.each(KINDS)('loses nothing if a reply is lost: %s', async (_, commitOn) => {
    const { mode, store, memory, before } = await createMode()
    store.next('replace', 'lost')
    const done = await mode.apply(commitOn(before))
    expect(done.outcome).toBe('done')
    expect(store.calls).toEqual(['replace', 'read'])
    expect(await memory.read(done.record?.place?.key ?? '')).toBe(done.record?.place?.sealed)
    expect(memory.size).toBe(done.record === undefined ? 0 : 1)
    if (done.value !== undefined) expect(await openedBy(mode, done.value)).toBe('opened')
  })

  it('does not stop other sessions, nor the next commit of the same one', async () => {
    const { mode, store, before, cookie } = await createMode({ timeLimit: createTimeLimit(20) })
    store.next('replace', 'hangs')
    const hanging = rejection(applied(mode, adding(before, 'a')))
    const behind = rejection(applied(mode, adding(before, 'b')))
    const other = commitOf({ plan: CREATE, before: undefined, after: fieldsWith({ o: 1 }) })
    expect((await mode.apply(other)).outcome).toBe('done')
    expect(await hanging).toBeInstanceOf(StoreTimeoutError)
    // It has waited for about as long as its own time limit, so it may succeed or fail.
    await behind
    expect((await mode.apply(adding(before, 'c'))).outcome).not.toBe('gone')
    expect(await dataUnder(mode, cookie)).toMatchObject({ base: 1, c: 1 })
  })

  it('may reply late: the reply is ignored, and the late write is merged', async () => {
    const { mode, store, before, cookie } = await createMode({ timeLimit: createTimeLimit(20) })
    const gate = createGate()
    store.next('replace', gate.before)
    const late = rejection(applied(mode, adding(before, 'late')))
    await gate.reached
    expect(await late).toBeInstanceOf(StoreTimeoutError)
    gate.open()
    await new Promise(setImmediate)
    expect((await mode.apply(adding(before, 'b'))).outcome).toBe('merged')
    expect(await dataUnder(mode, cookie)).toEqual({ base: 1, late: 1, b: 1 })
  })

  it('is reported if the key of a new cookie is taken', async () => {
    const { mode, memory, cookie } = await createMode()
    const create = commitOf({
      plan: CREATE,
      before: undefined,
      after: fieldsWith({ o: 1 }),
      newRowCookie: () => `${cookie.slice(0, 22)}${'A'.repeat(42)}`,
    })
    expect(await rejection(applied(mode, create))).toMatchObject({
      code: 'KEEPSAKE_STORE',
      message: "the new session's key already exists in the store",
    })
    expect(await dataUnder(mode, cookie)).toEqual({ base: 1 })
    expect(memory.size).toBe(1)
  })
})

describe('the maximum record of a store', () => {
  it('is 64 KiB of text for one session (R67)', async () => {
    const { mode } = await createMode()
    expect(mode.maxTextBytes).toBe(65_536)
    const error = mode.tooLarge(70_000, [{ key: 'a', bytes: 69_000 }])
    expect(error).toBeInstanceOf(RecordTooLargeError)
    expect(error).toMatchObject({ bytes: 70_000, limit: 65_536, sizes: [{ key: 'a', bytes: 69_000 }] })
  })
})
