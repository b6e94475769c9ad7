import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecordTooLargeError, StoreError, StoreTimeoutError } from '../../src/errors.ts'
import { inStore } from '../../src/modes/in-store.ts'
import { isStoreId } from '../../src/modes/store-id.ts'
import { rewriteInTurn } from '../../src/modes/in-turn.ts'
import type { Commit, Committed, EagerMode, InForce } from '../../src/modes/mode.ts'
import type { Plan } from '../../src/plan.ts'
import { readText, writeText } from '../../src/record.ts'
import type { SealedFields } from '../../src/token.ts'
import { BEGIN, createGate, leftIn, present, rejection, times } from '../store-support.ts'
import { commitOf, createShelf, fieldsWith, keysOf, LIFETIME } from './stored.ts'

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

const onTop =
  (key: string) =>
  (theirs: SealedFields): SealedFields => ({
    ...theirs,
    text: writeText({ ...readText(theirs.text)?.data, [key]: 1 }, undefined),
  })

/** A mode over a memory store with one record, `{ base: 1 }`. */
async function createMode(timeLimit = 2000) {
  const shelf = createShelf()
  const keys = keysOf()
  const setup = { context: keys.storeContext, lifetime: LIFETIME, fillRandom: keys.fillRandom, timeLimit }
  const { records } = shelf
  const mode = inStore({ records, inTurn: rewriteInTurn(records, timeLimit), ...setup })
  const first = await mode.apply(
    commitOf({ plan: CREATE, before: undefined, after: fieldsWith({ base: 1 }) }),
  )
  shelf.store.forget()
  return { ...shelf, mode, id: present(first.value), before: present(first.record) }
}

const applied = async (mode: EagerMode, commit: Commit): Promise<Committed> => mode.apply(commit)

async function load(mode: EagerMode, id: string): Promise<InForce | undefined> {
  return (await mode.load(id, BEGIN)).record
}

async function dataUnder(mode: EagerMode, id: string | undefined): Promise<object | undefined> {
  const record = id === undefined ? undefined : await load(mode, id)
  return record && readText(record.text)?.data
}

/** What a request leaves that found `before` and adds a key. */
const adding = (before: InForce, key: string, change: Partial<Commit> = {}): Commit =>
  commitOf({ plan: UPDATE, before, after: fieldsWith({ base: 1, [key]: 1 }), rebase: onTop(key), ...change })

describe('an id', () => {
  it('is 32 random bytes (R21)', async () => {
    const { mode } = await createMode()
    const create = commitOf({ plan: CREATE, before: undefined, after: fieldsWith({ a: 1 }) })
    const made = await Promise.all(times(2000, () => applied(mode, create)))
    const ids = made.map(({ value }) => present(value))
    expect(new Set(ids).size).toBe(2000)
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{43}$/)
    const bytes = Buffer.concat(ids.map((id) => Buffer.from(id, 'base64url')))
    expect(bytes).toHaveLength(2000 * 32)
    const counts = new Map<number, number>()
    for (const byte of bytes) counts.set(byte, (counts.get(byte) ?? 0) + 1)
    const expected = bytes.length / 256
    const chiSquare = times(256, (byte) => ((counts.get(byte) ?? 0) - expected) ** 2 / expected)
    // 255 degrees of freedom: more than 420 comes once in 10^9 runs.
    expect(chiSquare.reduce((sum, part) => sum + part)).toBeLessThan(420)
  })

  it('has one spelling', () => {
    const id = Buffer.alloc(32, 0xff).toString('base64url')
    expect(isStoreId(id)).toBe(true)
    const others = [
      '',
      id.slice(1),
      `${id}A`,
      `${id}=`,
      ` ${id}`,
      `${id.slice(0, -1)}9`,
      `${id.slice(0, -1)}+`,
    ]
    for (const other of [...others, `${id.slice(0, 20)}/${id.slice(21)}`, `${id.slice(0, -1)}\n`]) {
      expect(isStoreId(other)).toBe(false)
    }
  })

  it('is what base64url makes of 32 bytes, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.nat(42),
        fc.string(),
        (bytes, at, part) => {
          const id = Buffer.from(bytes).toString('base64url')
          expect(isStoreId(id)).toBe(true)
          const changed = id.slice(0, at) + part + id.slice(at + 1)
          expect(isStoreId(changed)).toBe(
            Buffer.from(changed, 'base64url').toString('base64url') === changed && changed.length === 43,
          )
        },
      ),
    )
  })

  it('reaches the store as a hash only, bound to the cookie (R22)', async () => {
    const { id, before } = await createMode()
    const hash = createHash('sha256').update('keepsake/v1/sid').update(keysOf().storeContext).update(id)
    expect(before.place?.key).toBe(hash.digest('hex'))
  })
})

describe('loading', () => {
  it('asks the store for nothing but ids (R24)', async () => {
    const { mode, store, id } = await createMode()
    for (const value of ['', 'x', `${id}A`, id.slice(1), '../../etc/passwd', 'a'.repeat(4096)]) {
      expect(mode.load(value, BEGIN)).toEqual({ reason: 'malformed' })
    }
    expect(store.calls).toEqual([])
    expect(await mode.load(id, BEGIN)).toMatchObject({ reason: 'opened', record: { place: { id } } })
    expect(store.calls).toEqual(['read'])
  })

  it('takes the limits into account, whatever the store returns (R32)', async () => {
    const { mode, id } = await createMode()
    expect(await mode.load(id, BEGIN + 3599)).toMatchObject({ reason: 'opened' })
    expect(await mode.load(id, BEGIN + 3600)).toEqual({ reason: 'expired_idle' })
  })

  it('is limited in time', async () => {
    const { mode, store, id } = await createMode(20)
    store.next('read', 'hangs')
    expect(await rejection(Promise.resolve(mode.load(id, BEGIN)))).toBeInstanceOf(StoreTimeoutError)
    expect(await dataUnder(mode, id)).toEqual({ base: 1 })
  })
})

describe('a commit that nobody interferes with', () => {
  const after = fieldsWith({ base: 2 })
  it.each([
    ['a change', UPDATE, after, ['replace']],
    ['a login or a new id', MOVE, after, ['create', 'replace']],
    ['emptying', EMPTY, fieldsWith({}), ['replace', 'delete']],
    ['an end', DELETE, fieldsWith({}), ['replace']],
  ])('costs these calls: %s', async (_, plan, after, calls) => {
    const { mode, store, before } = await createMode()
    await mode.apply(commitOf({ plan, before, after }))
    expect(store.calls).toEqual(calls)
  })

  it('leaves the cookie as it is, unless it lives longer or shorter now', async () => {
    const { mode, before, id } = await createMode()
    const done = await mode.apply(commitOf({ plan: UPDATE, before, after }))
    expect(done).toMatchObject({ outcome: 'done', value: undefined })
    const permanent = { ...after, permanent: true }
    const again = commitOf({ plan: UPDATE, before: done.record, after: permanent })
    expect(await mode.apply(again)).toMatchObject({ outcome: 'done', value: id, record: permanent })
  })

  it('can be followed by another that builds on it', async () => {
    const { mode, store, before, id } = await createMode()
    let record: InForce | undefined = before
    for (const n of [1, 2, 3]) {
      const done: Committed = await mode.apply(
        commitOf({ plan: UPDATE, before: record, after: fieldsWith({ n }) }),
      )
      record = done.record
    }
    expect(await dataUnder(mode, id)).toEqual({ n: 3 })
    expect(store.calls).toEqual(['replace', 'replace', 'replace', 'read'])
  })

  it.each([
    ['under a new id, with the same text', MOVE, { base: 2 }],
    ['no more', EMPTY, undefined],
    ['no more', DELETE, undefined],
  ])('leaves a record %s', async (_, plan, data) => {
    const { mode, memory, before, id } = await createMode()
    const done = await mode.apply(commitOf({ plan, before, after: fieldsWith(data ?? {}) }))
    expect(await mode.load(id, BEGIN)).toMatchObject({ reason: 'unknown_id' })
    expect(await dataUnder(mode, done.value)).toEqual(data)
    expect(await leftIn({ memory })).toBe(data === undefined ? 0 : 1)
  })
})

describe('commits of requests that found the same record', () => {
  it('are all in it, with one call each', async () => {
    const { mode, store, before, id } = await createMode()
    const commits = times(50, (index) => applied(mode, adding(before, `k${index}`)))
    const outcomes = (await Promise.all(commits)).map(({ outcome }) => outcome)
    expect(outcomes).toEqual(['done', ...times(49, () => 'merged')])
    expect(store.calls).toEqual(times(50, () => 'replace'))
    expect(Object.keys((await dataUnder(mode, id)) ?? {})).toHaveLength(51)
  })

  it('do not write what has been ended', async () => {
    const { mode, memory, before } = await createMode()
    await mode.apply(commitOf({ plan: DELETE, before, after: fieldsWith({}) }))
    for (const commit of [adding(before, 'a'), adding(before, 'b', { plan: MOVE })]) {
      expect(await mode.apply(commit)).toEqual({ outcome: 'gone', record: undefined, value: undefined })
    }
    expect(memory.size).toBe(0)
  })

  it('follow a record to its new id as long as it has not left the old one', async () => {
    const { mode, memory, before, id } = await createMode()
    const [added, moved] = await Promise.all([
      mode.apply(adding(before, 'a')),
      mode.apply(adding(before, 'b', { plan: MOVE })),
    ])
    expect([added.outcome, moved.outcome]).toEqual(['done', 'merged'])
    expect(await dataUnder(mode, moved.value)).toEqual({ base: 1, a: 1, b: 1 })
    expect(await dataUnder(mode, id)).toBeUndefined()
    expect(await leftIn({ memory })).toBe(1)
  })

  it('move once where two would give a new id', async () => {
    const { mode, memory, before } = await createMode()
    const both = await Promise.all(
      ['a', 'b'].map((key) => applied(mode, adding(before, key, { plan: MOVE }))),
    )
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['done', 'gone'])
    expect(await leftIn({ memory })).toBe(1)
  })

  it('are another session each where two log in, with what each has kept', async () => {
    const { mode, memory, before, id } = await createMode()
    const login = (key: string): Commit => adding(before, key, { plan: MOVE, continues: false })
    const both = await Promise.all(['a', 'b'].map((key) => applied(mode, login(key))))
    const found = await Promise.all(both.map(({ value }) => dataUnder(mode, value)))
    expect(found).toEqual([
      { base: 1, a: 1 },
      { base: 1, b: 1 },
    ])
    expect(await dataUnder(mode, id)).toBeUndefined()
    expect(memory.size).toBe(2)
  })

  it('keep an emptied record where another has put something in', async () => {
    const { mode, before, id } = await createMode()
    const emptied = commitOf({
      plan: EMPTY,
      before,
      after: fieldsWith({}),
      rebase: (theirs) => ({ ...theirs, text: '{"a":1}' }),
    })
    const [, ended] = await Promise.all([mode.apply(adding(before, 'a')), mode.apply(emptied)])
    expect(ended).toMatchObject({ outcome: 'merged', value: undefined, record: { text: '{"a":1}' } })
    expect(await dataUnder(mode, id)).toEqual({ a: 1 })
  })
})

describe('a store in trouble', () => {
  it.each([
    ['replace', UPDATE],
    ['create', MOVE],
    ['replace', MOVE],
    ['replace', EMPTY],
    ['replace', DELETE],
  ] as const)(
    'fails a commit whose %s keeps failing, and leaves the record as it was: %o',
    async (method, plan) => {
      const { mode, store, memory, before, id } = await createMode()
      store.next(method, 'fails', 'fails')
      const after = fieldsWith(plan.cookie === 'clear' ? {} : { base: 2 })
      expect(await rejection(applied(mode, commitOf({ plan, before, after })))).toBeInstanceOf(StoreError)
      expect(await dataUnder(mode, id)).toEqual({ base: 1 })
      expect(memory.size).toBe(1)
    },
  )

  it.each([UPDATE, MOVE, EMPTY])('costs nothing where an answer is lost: %o', async (plan) => {
    const { mode, store, memory, before } = await createMode()
    store.next('create', 'lost')
    store.next('replace', 'lost')
    store.next('delete', 'lost')
    const after = fieldsWith(plan === EMPTY ? {} : { base: 2 })
    const done = await mode.apply(commitOf({ plan, before, after }))
    expect(done.outcome).toBe('done')
    expect(await memory.read(done.record?.place?.key ?? '')).toBe(done.record?.place?.sealed)
    expect(await leftIn({ memory })).toBe(plan === EMPTY ? 0 : 1)
  })

  it('does no harm where an ended record cannot be deleted', async () => {
    const { mode, store, before, id } = await createMode()
    store.next('delete', 'fails', 'fails')
    const done = await mode.apply(commitOf({ plan: EMPTY, before, after: fieldsWith({}) }))
    expect(done.outcome).toBe('done')
    expect(await mode.load(id, BEGIN)).toEqual({ reason: 'unknown_id' })
    expect((await mode.apply(adding(before, 'a'))).outcome).toBe('gone')
  })

  it('does not stop other sessions, nor the next commit of the same one', async () => {
    const { mode, store, before, id } = await createMode(20)
    store.next('replace', 'hangs')
    const hanging = rejection(applied(mode, adding(before, 'a')))
    const behind = rejection(applied(mode, adding(before, 'b')))
    const other = commitOf({ plan: CREATE, before: undefined, after: fieldsWith({ o: 1 }) })
    expect((await mode.apply(other)).outcome).toBe('done')
    expect(await hanging).toBeInstanceOf(StoreTimeoutError)
    // It has waited for about as long as it may take itself, so its time may be up or not.
    await behind
    expect((await mode.apply(adding(before, 'c'))).outcome).not.toBe('gone')
    expect(await dataUnder(mode, id)).toMatchObject({ base: 1, c: 1 })
  })

  it('has its late answer dropped, and what was written late merged', async () => {
    const { mode, store, before, id } = await createMode(20)
    const gate = createGate()
    store.next('replace', gate.before)
    const late = rejection(applied(mode, adding(before, 'late')))
    await gate.reached
    expect(await late).toBeInstanceOf(StoreTimeoutError)
    gate.open()
    await new Promise(setImmediate)
    expect((await mode.apply(adding(before, 'b'))).outcome).toBe('merged')
    expect(await dataUnder(mode, id)).toEqual({ base: 1, late: 1, b: 1 })
  })

  it('is reported where a fresh id is taken', async () => {
    const { mode, store } = await createMode()
    store.next('create', async () => false as never)
    const create = commitOf({ plan: CREATE, before: undefined, after: fieldsWith({ o: 1 }) })
    expect(await rejection(applied(mode, create))).toMatchObject({
      code: 'KEEPSAKE_STORE',
      message: 'a fresh session id was taken',
    })
  })

  it('is over where somebody ends the new record before the old one', async () => {
    const { mode, store, before, id } = await createMode()
    await mode.apply(adding(before, 'a'))
    // The old one has been written to, so the new one is to take that over; and is not there any more.
    store.next(
      'replace',
      (go) => go(),
      async () => false as never,
    )
    expect((await applied(mode, adding(before, 'b', { plan: MOVE }))).outcome).toBe('gone')
    expect(await dataUnder(mode, id)).toBeUndefined()
  })
})

describe('what a store can keep', () => {
  it('is 64 KiB of text for one session (R67)', async () => {
    const { mode } = await createMode()
    expect(mode.maxTextBytes).toBe(65_536)
    const error = mode.tooLarge(70_000, [{ key: 'a', bytes: 69_000 }])
    expect(error).toBeInstanceOf(RecordTooLargeError)
    expect(error).toMatchObject({ bytes: 70_000, limit: 65_536, sizes: [{ key: 'a', bytes: 69_000 }] })
  })
})
