import { describe, expect, it } from 'vitest'
import { StoreError } from '../src/errors.ts'
import { createRecords } from '../src/records.ts'
import { revisionOf, type Store, type StoredRecord } from '../src/store.ts'
import { createShelf, fieldsWith, keysOf } from './modes/stored.ts'
import { BEGIN, present, rejection, secretNamed, type Trouble } from './store-support.ts'

const KEY = 'a'.repeat(64)
const OTHER_KEY = 'b'.repeat(64)
const ONE = fieldsWith({ n: 1 })
const TWO = fieldsWith({ n: 2 })
const END = fieldsWith({})

const record = (text: string): StoredRecord => ({ text, expiresAt: Infinity })
const refuse = (): never => {
  throw new Error('closed')
}

describe('records', () => {
  it('come back as they were written, sealed for their row', async () => {
    const { records, memory } = createShelf()
    const sealed = present(await records.create(KEY, ONE))
    expect(await records.read(KEY)).toEqual({ sealed, opened: { ok: true, fields: ONE, stale: false } })
    expect(await memory.read(KEY)).toBe(sealed)
    expect(await records.read(OTHER_KEY)).toBeUndefined()
  })

  it('are created once, and replaced only where the text stands', async () => {
    const { records } = createShelf()
    const one = present(await records.create(KEY, ONE))
    expect(await records.create(KEY, TWO)).toBeUndefined()
    expect(await records.replace(KEY, 'another', TWO)).toBeUndefined()
    const two = present(await records.replace(KEY, one, TWO))
    expect(two).not.toBe(one)
    expect(await records.replace(KEY, one, TWO)).toBeUndefined()
    await records.delete(KEY)
    expect(await records.replace(KEY, two, ONE)).toBeUndefined()
  })

  it('never have the same text twice', async () => {
    const { records } = createShelf()
    const one = present(await records.create(KEY, ONE))
    expect(await records.replace(KEY, one, ONE)).not.toBe(one)
  })

  it('stand until the end that was fixed, in milliseconds', async () => {
    const { records, store } = createShelf()
    await records.create(KEY, ONE)
    expect(store.records).toMatchObject([{ expiresAt: (BEGIN + 3600) * 1000 }])
  })

  it('name the subject by a keyed hash, and nobody where nobody is logged in', async () => {
    const { records, store } = createShelf()
    await records.create('1', fieldsWith({ a: 1 }, 'alice'))
    await records.create('2', fieldsWith({ b: 2 }, 'alice'))
    await records.create('3', fieldsWith({}, 'bob'))
    await records.create('4', fieldsWith({ text: '"$"', a: '{"$":{"subject":"alice"}}' }))
    const [alice, again, bob, nobody] = store.records.map(({ subject }) => subject)
    expect(alice).toMatch(/^[0-9a-f]{64}$/)
    expect(again).toBe(alice)
    expect(bob).not.toBe(alice)
    expect(nobody).toBeUndefined()
    expect(alice).not.toBe(keysOf('__Host-other').subjects.hash('alice'))
  })

  it('that have ended are not there any more, and belong to nobody', async () => {
    const { records, store } = createShelf()
    const one = present(await records.create(KEY, fieldsWith({ a: 1 }, 'alice')))
    expect(await records.replace(KEY, one, END)).toBeTypeOf('string')
    expect(await records.read(KEY)).toBeUndefined()
    expect(store.records.at(-1)?.subject).toBeUndefined()
  })
})

describe('a row that somebody meddled with (R23)', () => {
  it('does not open after two rows were swapped, or one was copied', async () => {
    const { records, memory } = createShelf()
    const one = present(await records.create(KEY, ONE))
    const two = present(await records.create(OTHER_KEY, TWO))
    await memory.replace(KEY, revisionOf(one), record(two))
    await memory.replace(OTHER_KEY, revisionOf(two), record(one))
    expect((await records.read(KEY))?.opened).toEqual({ ok: false, reason: 'forged' })
    expect((await records.read(OTHER_KEY))?.opened).toEqual({ ok: false, reason: 'forged' })
    await memory.create('c', record(one))
    expect((await records.read('c'))?.opened).toEqual({ ok: false, reason: 'forged' })
  })

  it('does not open when it was made without the key, cut or changed', async () => {
    const { records, memory, sealer } = createShelf()
    const one = present(await records.create(KEY, ONE))
    const middle = one.length >> 1
    const flipped = one.slice(0, middle) + (one[middle] === 'A' ? 'B' : 'A') + one.slice(middle + 1)
    const foreign = keysOf('__Host-session', '', secretNamed('foreign')).sealer('store').seal(ONE, KEY)
    const forCookie = keysOf().sealer('cookie').seal(ONE, KEY)
    const unbound = sealer.seal(ONE)
    const cut = [1, 40, 107, 108, 110, one.length - 1, one.length - 2].map((length) => one.slice(0, length))
    const byHand = ['', '{}', JSON.stringify(ONE), `${one}A`, `${one}=`, ` ${one}`]
    for (const text of [flipped, foreign, forCookie, unbound, ...cut, ...byHand]) {
      await memory.delete(KEY)
      await memory.create(KEY, { text, expiresAt: Infinity })
      expect((await records.read(KEY))?.opened.ok).toBe(false)
    }
  })

  it('means nothing to another cookie or another audience over the same store', async () => {
    const { records, store } = createShelf()
    await records.create(KEY, ONE)
    for (const keys of [keysOf('__Host-other'), keysOf('__Host-session', 'shop')]) {
      const others = createRecords(store, keys.sealer('store'), keys.subjects)
      expect((await others.read(KEY))?.opened).toEqual({ ok: false, reason: 'unknown_key' })
    }
  })
})

describe('a write whose outcome is unknown', () => {
  it.each<Trouble>(['fails', 'lost'])('is done once when its call %s', async (trouble) => {
    const { records, store, memory } = createShelf()
    store.next('create', trouble)
    const one = present(await records.create(KEY, ONE))
    expect(await memory.read(KEY)).toBe(one)
    store.next('replace', trouble)
    const two = present(await records.replace(KEY, one, TWO))
    expect(await memory.read(KEY)).toBe(two)
    store.next('delete', trouble)
    await records.delete(KEY)
    expect(await memory.read(KEY)).toBeUndefined()
  })

  it('is repeated only where it has not been done', async () => {
    const { records, store } = createShelf()
    store.next('create', 'lost')
    const one = present(await records.create(KEY, ONE))
    expect(store.calls).toEqual(['create', 'read'])
    store.forget()
    store.next('replace', 'fails')
    await records.replace(KEY, one, TWO)
    expect(store.calls).toEqual(['replace', 'read', 'replace'])
    store.forget()
    store.next('delete', 'fails')
    await records.delete(KEY)
    expect(store.calls).toEqual(['delete', 'delete'])
  })

  it('is ours where the first attempt came after all, just before the second', async () => {
    const { records, memory } = createShelf()
    const one = present(await records.create(KEY, ONE))
    let late: (() => unknown) | undefined
    const slow: Store = {
      ...memory,
      async read(key) {
        const text = await memory.read(key)
        await late?.()
        return text
      },
      async replace(...args) {
        if (late !== undefined) return memory.replace(...args)
        late = () => memory.replace(...args)
        throw new Error('no answer')
      },
    }
    const { sealer, subjects } = keysOf()
    const two = present(await createRecords(slow, sealer('store'), subjects).replace(KEY, one, TWO))
    expect(await memory.read(KEY)).toBe(two)
  })

  it('is the end of a record although its answer was lost', async () => {
    const { records, store } = createShelf()
    const one = present(await records.create(KEY, ONE))
    store.next('replace', 'lost')
    expect(await records.replace(KEY, one, END)).toBeTypeOf('string')
    expect(await records.read(KEY)).toBeUndefined()
  })

  it('is not taken for done when another text stands there by then', async () => {
    const { records, store, memory } = createShelf()
    const one = present(await records.create(KEY, ONE))
    store.next('replace', async () => {
      await memory.replace(KEY, revisionOf(one), { text: 'theirs', expiresAt: Infinity })
      throw new Error('ECONNRESET')
    })
    expect(await rejection(records.replace(KEY, one, TWO))).toBeInstanceOf(StoreError)
    expect(await memory.read(KEY)).toBe('theirs')
  })

  it('is not repeated where the record is gone by then', async () => {
    const { records, store, memory } = createShelf()
    const one = present(await records.create(KEY, ONE))
    store.next('replace', async () => {
      await memory.delete(KEY)
      throw new Error('ECONNRESET')
    })
    expect(await rejection(records.replace(KEY, one, TWO))).toBeInstanceOf(StoreError)
    expect(store.calls.filter((method) => method === 'replace')).toHaveLength(1)
    expect(memory.size).toBe(0)
  })

  it('says so when the repetition finds that another was quicker', async () => {
    const { records, store, memory } = createShelf()
    store.next('create', 'fails', async (go) => {
      await memory.create(KEY, { text: 'theirs', expiresAt: Infinity })
      return go()
    })
    expect(await records.create(KEY, ONE)).toBeUndefined()
    expect(await memory.read(KEY)).toBe('theirs')
  })
})

describe('a store that keeps failing', () => {
  it.each([
    ['read', (records: ReturnType<typeof createRecords>) => records.read(KEY), ['read']],
    ['create', (records: ReturnType<typeof createRecords>) => records.create(KEY, ONE), ['create', 'read']],
    [
      'replace',
      (records: ReturnType<typeof createRecords>) => records.replace(KEY, 'x', ONE),
      ['replace', 'read'],
    ],
    ['delete', (records: ReturnType<typeof createRecords>) => records.delete(KEY), ['delete', 'delete']],
  ])('is a StoreError of %s with its own error as the cause', async (_, work, calls) => {
    const { records, store } = createShelf()
    store.always('fails')
    const error = await rejection(work(records))
    expect(error).toBeInstanceOf(StoreError)
    expect(error).toMatchObject({
      status: 503,
      code: 'KEEPSAKE_STORE',
      message: "the session's store failed",
      cause: { message: 'ECONNRESET' },
    })
    expect(store.calls).toEqual(calls)
  })

  it('is tried twice and no more', async () => {
    const { records, store } = createShelf()
    store.next('create', 'fails', 'fails')
    expect(await rejection(records.create(KEY, ONE))).toBeInstanceOf(StoreError)
    expect(store.calls).toEqual(['create', 'read', 'create'])
  })

  it('may throw at once', async () => {
    const keys = keysOf()
    const store = { read: refuse, create: refuse, replace: refuse, delete: refuse }
    const records = createRecords(store, keys.sealer('store'), keys.subjects)
    for (const work of [records.read(KEY), records.create(KEY, ONE), records.delete(KEY)]) {
      expect(await rejection(work)).toMatchObject({ code: 'KEEPSAKE_STORE', cause: { message: 'closed' } })
    }
  })
})
