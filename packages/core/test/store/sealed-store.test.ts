import { describe, expect, it } from 'vitest'
import { StoreError } from '../../src/base/errors.ts'
import { createSealedStore, type SealedStore } from '../../src/store/sealed-store.ts'
import { revisionOf, type Store, type StoredRecord } from '../../src/store/store.ts'
import type { SealedFields } from '../../src/crypto/token.ts'
import { createShelf, fieldsWith, keysOf } from '../modes/stored.ts'
import { BEGIN, rejection, secretNamed, type Trouble } from '../store-support.ts'

const KEY = 'a'.repeat(32)
const OTHER_KEY = 'b'.repeat(32)
const ONE = fieldsWith({ n: 1 })
const TWO = fieldsWith({ n: 2 })
const END = fieldsWith({}, undefined, { expires: 0 })

const record = (text: string): StoredRecord => ({ text, expiresAt: Infinity })
/** Creates a record, and returns its text. */
async function created(
  records: SealedStore,
  key: string,
  fields: SealedFields & { readonly subject: string | undefined },
): Promise<string> {
  const stored = records.seal(key, fields, fields.subject)
  expect(await records.create(key, stored)).toBe(true)
  return stored.text
}

/** The content of a read record: the subject is in its text. */
const sealedOf = ({ sid, created, issued, expires, permanent, text }: SealedFields): SealedFields => ({
  sid,
  created,
  issued,
  expires,
  permanent,
  text,
})

const refuse = (): never => {
  throw new Error('closed')
}

describe('a sealed store', () => {
  it('opens a record’s text from its cache until the record is replaced, and then the new text', async () => {
    const { records } = createShelf()
    const old = await created(records, KEY, ONE)
    const next = records.seal(KEY, TWO, undefined)
    const isCached = (text: string): boolean => {
      const [first, second] = [records.open(KEY, text), records.open(KEY, text)]
      return first === second
    }
    expect(isCached(old)).toBe(true)
    const before = records.open(KEY, old)
    await records.replace(KEY, old, next)
    expect(records.open(KEY, old)).not.toBe(before)
    expect(isCached(next.text)).toBe(true)
  })
})

describe('a store without the optional methods', () => {
  it.each(['watch', 'bySubject'] as const)('gets none from a polluted prototype: %s', (method) => {
    const { memory, sealer } = createShelf()
    const { read, create, replace, delete: end } = memory
    const polluted = Object.prototype as Record<string, unknown>
    for (const planted of ['admin', true, () => 'admin', {}]) {
      polluted[method] = planted
      try {
        const records = createSealedStore({ read, create, replace, delete: end }, sealer, keysOf().subjects)
        expect([records.watch, records.ofSubject]).toEqual([undefined, undefined])
      } finally {
        delete polluted[method]
      }
    }
  })

  it('may inherit them from its class', () => {
    const { memory, sealer } = createShelf()
    class ClassStore {
      read = memory.read
      create = memory.create
      replace = memory.replace
      delete = memory.delete
      watch(): () => void {
        return () => undefined
      }
    }
    expect(createSealedStore(new ClassStore(), sealer, keysOf().subjects).watch).toBeDefined()
  })
})

describe('sealed records', () => {
  it('are read back unchanged, sealed for their row', async () => {
    const { records, memory } = createShelf()
    const sealed = await created(records, KEY, ONE)
    const opened = { ok: true, fields: sealedOf(ONE), stale: false }
    expect(await records.read(KEY)).toEqual({ sealed, opened })
    expect(await records.fetch(KEY)).toBe(sealed)
    expect(records.open(KEY, sealed)).toEqual(opened)
    expect(records.open(OTHER_KEY, sealed)).toEqual({ ok: false, reason: 'forged' })
    expect(await memory.read(KEY)).toBe(sealed)
    expect(await records.read(OTHER_KEY)).toBeUndefined()
  })

  it('are created once, and replaced only if the text is still stored', async () => {
    const { records } = createShelf()
    const one = await created(records, KEY, ONE)
    const two = records.seal(KEY, TWO, TWO.subject)
    expect(await records.create(KEY, two)).toBe(false)
    expect(await records.replace(KEY, 'another', two)).toBe(false)
    expect(await records.replace(KEY, one, two)).toBe(true)
    expect(await records.replace(KEY, one, records.seal(KEY, TWO, TWO.subject))).toBe(false)
    await records.delete(KEY)
    expect(await records.replace(KEY, two.text, records.seal(KEY, ONE, ONE.subject))).toBe(false)
  })

  it('are replaced by their revision, so that the old text is not sent', async () => {
    const { records, memory } = createShelf()
    const one = await created(records, KEY, ONE)
    const sent: string[] = []
    const spied: Store = {
      ...memory,
      replace(key, revision, next) {
        sent.push(revision)
        return memory.replace(key, revision, next)
      },
    }
    const { sealer, subjects } = keysOf()
    const others = createSealedStore(spied, sealer('store'), subjects)
    expect(await others.replace(KEY, one, others.seal(KEY, TWO, TWO.subject))).toBe(true)
    expect(sent).toEqual([revisionOf(one)])
  })

  it('never have the same text twice', () => {
    const { records } = createShelf()
    const texts = [1, 2, 3].map(() => records.seal(KEY, ONE, ONE.subject).text)
    expect(new Set(texts.map(revisionOf)).size).toBe(3)
  })

  it('are kept until their fixed expiry, in milliseconds', () => {
    const { records } = createShelf()
    expect(records.seal(KEY, ONE, ONE.subject)).toMatchObject({ expiresAt: (BEGIN + 3600) * 1000 })
  })

  it('contain the subject as a keyed hash, and none for an anonymous session', () => {
    const { records } = createShelf()
    const [alice, again, bob, nobody] = [
      fieldsWith({ a: 1 }, 'alice'),
      fieldsWith({ b: 2 }, 'alice'),
      fieldsWith({}, 'bob'),
      fieldsWith({ text: '"$"', a: '{"$":{"subject":"alice"}}' }),
    ].map((fields) => records.seal(KEY, fields, fields.subject).subject)
    expect(alice).toMatch(/^[0-9a-f]{32}$/)
    expect(again).toBe(alice)
    expect(bob).not.toBe(alice)
    expect(nobody).toBeUndefined()
    expect(alice).not.toBe(keysOf('__Host-other').subjects.hash('alice'))
  })

  it('replaced with an expiry of 0 are gone', async () => {
    const { records } = createShelf()
    const one = await created(records, KEY, fieldsWith({ a: 1 }, 'alice'))
    expect(await records.replace(KEY, one, records.seal(KEY, END, END.subject))).toBe(true)
    expect(await records.read(KEY)).toBeUndefined()
  })
})

describe('a row that was tampered with (R23)', () => {
  it('does not open after two rows were swapped, or one was copied', async () => {
    const { records, memory } = createShelf()
    const one = await created(records, KEY, ONE)
    const two = await created(records, OTHER_KEY, TWO)
    await memory.replace(KEY, revisionOf(one), record(two))
    await memory.replace(OTHER_KEY, revisionOf(two), record(one))
    expect((await records.read(KEY))?.opened).toEqual({ ok: false, reason: 'forged' })
    expect((await records.read(OTHER_KEY))?.opened).toEqual({ ok: false, reason: 'forged' })
    await memory.create('c', record(one))
    expect((await records.read('c'))?.opened).toEqual({ ok: false, reason: 'forged' })
  })

  it('does not open if it was made without the key, truncated or changed', async () => {
    const { records, memory, sealer } = createShelf()
    const one = await created(records, KEY, ONE)
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

  it('does not open for another cookie or another audience over the same store', async () => {
    const { records, store } = createShelf()
    await created(records, KEY, ONE)
    for (const keys of [keysOf('__Host-other'), keysOf('__Host-session', 'shop')]) {
      const others = createSealedStore(store, keys.sealer('store'), keys.subjects)
      expect((await others.read(KEY))?.opened).toEqual({ ok: false, reason: 'unknown_key' })
    }
  })
})

describe('a write whose outcome is unknown', () => {
  it.each<Trouble>(['fails', 'lost'])('takes effect once if its call %s', async (trouble) => {
    const { records, store, memory } = createShelf()
    store.next('create', trouble)
    const one = await created(records, KEY, ONE)
    expect(await memory.read(KEY)).toBe(one)
    store.next('replace', trouble)
    const two = records.seal(KEY, TWO, TWO.subject)
    expect(await records.replaceSurely(KEY, one, two)).toBe(true)
    expect(await memory.read(KEY)).toBe(two.text)
    store.next('delete', trouble)
    await records.delete(KEY)
    expect(await memory.read(KEY)).toBeUndefined()
  })

  it('is repeated only if it has not taken effect', async () => {
    const { records, store } = createShelf()
    store.next('create', 'lost')
    const one = await created(records, KEY, ONE)
    expect(store.calls).toEqual(['create', 'read'])
    store.forget()
    store.next('replace', 'fails')
    await records.replaceSurely(KEY, one, records.seal(KEY, TWO, TWO.subject))
    expect(store.calls).toEqual(['replace', 'read', 'replace'])
    store.forget()
    store.next('delete', 'fails')
    await records.delete(KEY)
    expect(store.calls).toEqual(['delete', 'delete'])
  })

  it.each<Trouble>(['fails', 'lost'])(
    'of a plain replace is left to the caller when its call %s',
    async (trouble) => {
      const { records, store } = createShelf()
      const one = await created(records, KEY, ONE)
      store.forget()
      store.next('replace', trouble)
      const replacing = Promise.resolve(records.replace(KEY, one, records.seal(KEY, TWO, TWO.subject)))
      expect(await rejection(replacing)).toBeInstanceOf(StoreError)
      expect(store.calls).toEqual(['replace'])
    },
  )

  it('counts as ours if the first attempt took effect just before the second', async () => {
    const { records, memory } = createShelf()
    const one = await created(records, KEY, ONE)
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
    const others = createSealedStore(slow, sealer('store'), subjects)
    const two = others.seal(KEY, TWO, TWO.subject)
    expect(await others.replaceSurely(KEY, one, two)).toBe(true)
    expect(await memory.read(KEY)).toBe(two.text)
  })

  it('ends a record even if its reply was lost', async () => {
    const { records, store } = createShelf()
    const one = await created(records, KEY, ONE)
    store.next('replace', 'lost')
    expect(await records.replaceSurely(KEY, one, records.seal(KEY, END, END.subject))).toBe(true)
    expect(await records.read(KEY)).toBeUndefined()
  })

  it('does not count as done if another text is stored by then', async () => {
    const { records, store, memory } = createShelf()
    const one = await created(records, KEY, ONE)
    store.next('replace', async () => {
      await memory.replace(KEY, revisionOf(one), record('theirs'))
      throw new Error('ECONNRESET')
    })
    const replacing = Promise.resolve(records.replaceSurely(KEY, one, records.seal(KEY, TWO, TWO.subject)))
    expect(await rejection(replacing)).toBeInstanceOf(StoreError)
    expect(await memory.read(KEY)).toBe('theirs')
  })

  it('is not repeated if the record is gone by then', async () => {
    const { records, store, memory } = createShelf()
    const one = await created(records, KEY, ONE)
    store.next('replace', async () => {
      await memory.delete(KEY)
      throw new Error('ECONNRESET')
    })
    const replacing = Promise.resolve(records.replaceSurely(KEY, one, records.seal(KEY, TWO, TWO.subject)))
    expect(await rejection(replacing)).toBeInstanceOf(StoreError)
    expect(store.calls.filter((method) => method === 'replace')).toHaveLength(1)
    expect(memory.size).toBe(0)
  })

  it('fails if the repetition finds a faster write', async () => {
    const { records, store, memory } = createShelf()
    store.next('create', 'fails', async (go) => {
      await memory.create(KEY, record('theirs'))
      return go()
    })
    expect(await records.create(KEY, records.seal(KEY, ONE, ONE.subject))).toBe(false)
    expect(await memory.read(KEY)).toBe('theirs')
  })
})

/** A record to be written, and every call that may write or read it. */
const written = (records: SealedStore): StoredRecord => records.seal(KEY, ONE, ONE.subject)

describe('a store that keeps failing', () => {
  it.each<[string, (records: SealedStore) => unknown, readonly string[]]>([
    ['read', (records) => records.read(KEY), ['read']],
    ['fetch', (records) => records.fetch(KEY), ['read']],
    ['create', (records) => records.create(KEY, written(records)), ['create', 'read']],
    ['replace', (records) => records.replace(KEY, 'x', written(records)), ['replace']],
    ['replaceSurely', (records) => records.replaceSurely(KEY, 'x', written(records)), ['replace', 'read']],
    ['delete', (records) => records.delete(KEY), ['delete', 'delete']],
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

  it('is called exactly twice', async () => {
    const { records, store } = createShelf()
    store.next('create', 'fails', 'fails')
    expect(await rejection(records.create(KEY, written(records)))).toBeInstanceOf(StoreError)
    expect(store.calls).toEqual(['create', 'read', 'create'])
  })

  it('may throw synchronously', async () => {
    const keys = keysOf()
    const store = { read: refuse, create: refuse, replace: refuse, delete: refuse }
    const records = createSealedStore(store, keys.sealer('store'), keys.subjects)
    const works = [records.read(KEY), records.create(KEY, written(records)), records.delete(KEY)]
    for (const work of works) {
      expect(await rejection(work)).toMatchObject({ code: 'KEEPSAKE_STORE', cause: { message: 'closed' } })
    }
  })
})

const found = async (records: SealedStore): Promise<string[]> => {
  const keys: string[] = []
  for await (const [key] of records.ofSubject?.('alice') ?? []) keys.push(key)
  return keys.toSorted()
}

describe('a subject’s records', () => {
  it('are found under the hash of every secret, each once', async () => {
    const { store } = createShelf()
    const rotated = keysOf('__Host-session', '', secretNamed('next'), secretNamed('newest'))
    const of = (keys: typeof rotated): SealedStore =>
      createSealedStore(store, keys.sealer('store'), keys.subjects)
    const [old, next] = [of(keysOf()), of(rotated)]
    await created(old, 'a', fieldsWith({}, 'alice'))
    await created(next, 'b', fieldsWith({}, 'alice'))
    await created(next, 'c', fieldsWith({}, 'bob'))
    expect(await found(old)).toEqual(['a'])
    expect(await found(next)).toEqual(['a', 'b'])
  })

  it.each([0, 1])(
    'are all found if a server with other secrets rewrites one between two calls, with %i other records',
    async (others) => {
      const { memory } = createShelf()
      const rotated = keysOf('__Host-session', '', secretNamed('next'), secretNamed('newest'))
      const [oldHash, newHash] = rotated.subjects.hashes('alice')
      const next = createSealedStore(memory, rotated.sealer('store'), rotated.subjects)
      const one = await created(next, 'a', fieldsWith({}, 'alice'))
      if (others === 1) await created(next, 'b', fieldsWith({}, 'alice'))
      const moving: Store = {
        ...memory,
        async *bySubject(subject) {
          yield* memory.bySubject?.(subject) ?? []
          // Nothing happens if it has already moved.
          const moved = { ...record('moved'), subject: oldHash }
          if (subject === oldHash) await memory.replace('a', revisionOf(one), moved)
        },
      }
      expect(newHash).not.toBe(oldHash)
      const records = createSealedStore(moving, rotated.sealer('store'), rotated.subjects)
      expect(await found(records)).toEqual(others === 1 ? ['a', 'b'] : ['a'])
    },
  )

  it('are not available if the store has no bySubject', () => {
    const { memory } = createShelf()
    const { sealer, subjects } = keysOf()
    const store = { ...memory, bySubject: undefined } as unknown as Store
    expect(createSealedStore(store, sealer('store'), subjects).ofSubject).toBeUndefined()
  })
})
