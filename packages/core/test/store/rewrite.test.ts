import { createTimeLimit } from '../../src/base/time-limit.ts'
import { describe, expect, it } from 'vitest'
import { StoreError, StoreTimeoutError } from '../../src/base/errors.ts'
import {
  hasText,
  type Next,
  type Rewrite,
  rewrite,
  rewriteInTurn,
  type Standing,
  standingOf,
} from '../../src/store/rewrite.ts'
import { fieldsOf, type SessionRecord } from '../../src/record/record.ts'
import { readText, writeText } from '../../src/record/text.ts'
import { textId, writeRow } from '../../src/store/row.ts'
import { revisionOf, type StoredRecord } from '../../src/store/store.ts'
import { createGate, present, rejection, thrown, times, type Trouble } from '../store-support.ts'
import { createShelf, fieldsWith, ROW } from '../modes/stored.ts'

const KEY = 'a'.repeat(32)
const OTHER_KEY = 'b'.repeat(32)
const notYet = (): boolean => false

const dataOf = (record: SessionRecord | undefined): object | undefined =>
  record && readText(record.text)?.data

/** Adds a key to the stored record. */
const adding =
  (key: string) =>
  ({ record, row, sealed }: Standing): Next<'stopped'> => {
    const text = writeText({ ...readText(record.text)?.data, [key]: 1 })
    return {
      do: 'write',
      record: { ...record, text },
      row: { ...row, replaced: row.replaced.slice(-24) + textId(sealed) },
    }
  }
const ending = (): Next<'stopped'> => ({ do: 'end' })
const stopping = (): Next<'stopped'> => ({ do: 'stop', verdict: 'stopped' })
const refuse = (): never => {
  throw new TypeError('no')
}

/** A row in a store, and other writers to it. */
async function createRow(key = KEY) {
  const shelf = createShelf()
  const sealRow = (data: object): StoredRecord => {
    const fields = fieldsWith(data)
    return shelf.records.seal(key, { ...fields, text: writeRow(ROW, fields.text) }, fields.subject)
  }
  const first = sealRow({ base: 1 })
  await shelf.memory.create(key, first)
  const from = present(standingOf(present(await shelf.records.read(key))))
  const theirs = async (data: object): Promise<void> => {
    const standing = present(await shelf.memory.read(key))
    await shelf.memory.replace(key, revisionOf(standing), sealRow(data))
  }
  const standing = async () => standingOf(present(await shelf.records.read(key)))
  const change = (
    decide: Rewrite<'stopped'>['decide'],
    more: Partial<Rewrite<'stopped'>> = {},
  ): Rewrite<'stopped'> => ({
    key,
    from,
    decide,
    tried: [],
    ...more,
  })
  shelf.store.forget()
  return { ...shelf, from, theirs, standing, change }
}

describe('a rewrite of a row', () => {
  it('is one store call without other writes', async () => {
    const { records, store, from, standing, change } = await createRow()
    const done = await rewrite(records, change(adding('mine')), from, notYet)
    expect(done).toMatchObject({ outcome: 'written', isMerged: false })
    expect(store.calls).toEqual(['replace'])
    expect(done).toMatchObject({ standing: { sealed: (await standing())?.sealed } })
    expect(dataOf((await standing())?.record)).toEqual({ base: 1, mine: 1 })
  })

  it('is decided again on top of another write', async () => {
    const { records, store, from, theirs, standing, change } = await createRow()
    await theirs({ base: 2 })
    const done = await rewrite(records, change(adding('mine')), from, notYet)
    expect(done).toMatchObject({ outcome: 'written', isMerged: true })
    expect(store.calls).toEqual(['replace', 'read', 'replace'])
    expect(dataOf((await standing())?.record)).toEqual({ base: 2, mine: 1 })
  })

  it('is decided again for each faster write, always on the last text', async () => {
    const { records, store, from, theirs, standing, change } = await createRow()
    let rounds = 0
    const quicker: Trouble = async (go) => {
      await theirs({ base: ++rounds })
      return go()
    }
    store.next('replace', quicker, quicker, quicker, quicker)
    await rewrite(records, change(adding('mine')), from, notYet)
    expect(dataOf((await standing())?.record)).toEqual({ base: 4, mine: 1 })
    expect(store.calls.filter((method) => method === 'replace')).toHaveLength(5)
  })

  it('ends a row with a deadline of 0, on top of other writes', async () => {
    const { records, store, memory, from, theirs, change } = await createRow()
    await theirs({ base: 2 })
    const done = await rewrite(records, change(ending), from, notYet)
    expect(done).toMatchObject({ outcome: 'ended', standing: { record: { text: '{"base":2}' } } })
    expect(store.records.at(-1)?.expiresAt).toBe(0)
    expect(store.calls).toEqual(['replace', 'read', 'replace'])
    expect(memory.size).toBe(0)
  })

  it('stops if the decision is to stop, on the row as it was read and on top of other writes', async () => {
    const { records, store, from, theirs, change } = await createRow()
    expect(await rewrite(records, change(stopping), from, notYet)).toEqual({
      outcome: 'stopped',
      verdict: 'stopped',
      standing: from,
    })
    expect(store.calls).toEqual([])
    await theirs({ base: 2 })
    const decide = (standing: Standing): Next<'stopped'> =>
      standing === from ? adding('mine')(standing) : stopping()
    expect(await rewrite(records, change(decide), from, notYet)).toMatchObject({
      outcome: 'stopped',
      standing: { record: { text: '{"base":2}' } },
    })
    expect(store.calls).toEqual(['replace', 'read'])
  })

  it('reads the row first if it is not known', async () => {
    const { records, store, change } = await createRow()
    const done = await rewrite(records, change(adding('mine'), { from: undefined }), undefined, notYet)
    expect(done).toMatchObject({ outcome: 'written', isMerged: true })
    expect(store.calls).toEqual(['read', 'replace'])
  })

  it('writes nothing if the row is gone', async () => {
    const { records, store, memory, from, change } = await createRow()
    await memory.delete(KEY)
    const done = await rewrite(records, change(adding('mine')), from, notYet)
    expect(done).toEqual({ outcome: 'absent', isUncertain: false })
    expect(store.calls).toEqual(['replace', 'read'])
    expect(memory.size).toBe(0)
  })

  it('does not change a row that it cannot open', async () => {
    const { records, memory, from, change } = await createRow()
    await memory.replace(KEY, revisionOf(from.sealed), {
      text: 'sealed by another secret',
      expiresAt: Infinity,
    })
    const done = await rewrite(records, change(adding('mine')), from, notYet)
    expect(done).toEqual({ outcome: 'unreadable' })
    expect(await memory.read(KEY)).toBe('sealed by another secret')
  })

  it('does not change a text that opens and is not a row', async () => {
    const { records, memory, from, change } = await createRow()
    const noRow = records.seal(KEY, fieldsWith({ a: 1 }), undefined)
    await memory.replace(KEY, revisionOf(from.sealed), noRow)
    expect(await rewrite(records, change(adding('mine')), from, notYet)).toEqual({ outcome: 'unreadable' })
    expect(await memory.read(KEY)).toBe(noRow.text)
  })

  it('throws the decision’s error, and writes nothing', async () => {
    const { records, store, from, change } = await createRow()
    expect(thrown(() => rewrite(records, change(refuse), from, notYet))).toBeInstanceOf(TypeError)
    expect(store.calls).toEqual([])
  })

  it('gives up at the time limit', async () => {
    const { records, store, from, theirs, change } = await createRow()
    let attempts = 0
    store.always(async (go) => {
      if (store.calls.at(-1) === 'replace') await theirs({ base: ++attempts })
      return go()
    })
    const error = await rejection(rewrite(records, change(adding('mine')), from, () => attempts >= 3))
    expect(error).toBeInstanceOf(StoreError)
    expect(error).toMatchObject({ message: 'other requests kept changing the session until the time limit' })
    expect(attempts).toBe(3)
    expect(thrown(() => rewrite(records, change(adding('mine')), from, () => true))).toBeInstanceOf(
      StoreError,
    )
    expect(attempts).toBe(3)
  })
})

describe('a rewrite whose reply is an error', () => {
  it('is recognized if it was written', async () => {
    const { records, store, from, standing, change } = await createRow()
    store.next('replace', 'lost')
    const tried: string[] = []
    const done = await rewrite(records, change(adding('mine'), { tried }), from, notYet)
    expect(done).toMatchObject({ outcome: 'found' })
    expect(store.calls).toEqual(['replace', 'read'])
    expect(tried).toEqual([textId(present(await standing()).sealed)])
  })

  it('is recognized under other writes on top of it', async () => {
    const { records, store, from, standing, change } = await createRow()
    store.next('replace', async (go) => {
      await go()
      const own = present(await standing())
      const next = adding('theirs')(own)
      if (next.do === 'write') {
        const text = writeRow(next.row, next.record.text)
        const sealed = { ...fieldsOf(next.record, text), subject: next.record.subject }
        await store.replace(KEY, revisionOf(own.sealed), records.seal(KEY, sealed, undefined))
      }
      throw new Error('ECONNRESET')
    })
    const tried: string[] = []
    expect(await rewrite(records, change(adding('mine'), { tried }), from, notYet)).toMatchObject({
      outcome: 'found',
    })
    expect(dataOf((await standing())?.record)).toEqual({ base: 1, mine: 1, theirs: 1 })
    expect(hasText(present(await standing()), present(tried[0]))).toBe(true)
  })

  it('is repeated if it was not written', async () => {
    const { records, store, from, standing, change } = await createRow()
    store.next('replace', 'fails')
    const done = await rewrite(records, change(adding('mine'), { tried: [] }), from, notYet)
    expect(done).toMatchObject({ outcome: 'written', isMerged: false })
    expect(store.calls).toEqual(['replace', 'read', 'replace'])
    expect(dataOf((await standing())?.record)).toEqual({ base: 1, mine: 1 })
  })

  it('is uncertain if the row is gone by then', async () => {
    const { records, store, memory, from, change } = await createRow()
    store.next('replace', async () => {
      await memory.delete(KEY)
      throw new Error('ECONNRESET')
    })
    const done = await rewrite(records, change(adding('mine'), { tried: [] }), from, notYet)
    expect(done).toEqual({ outcome: 'absent', isUncertain: true })
    expect(memory.size).toBe(0)
  })

  it.each<[string, (store: Awaited<ReturnType<typeof createRow>>['store']) => void, readonly string[]]>([
    [
      'both attempts fail',
      (store) => store.next('replace', 'fails', 'fails'),
      ['replace', 'read', 'replace'],
    ],
    [
      'the read of the stored text fails',
      (store) => (store.next('replace', 'lost'), store.next('read', 'fails')),
      ['replace', 'read'],
    ],
  ])('is the store’s error if %s, and has the id of every attempted text', async (_, trouble, calls) => {
    const { records, store, from, change } = await createRow()
    trouble(store)
    const tried: string[] = []
    expect(await rejection(rewrite(records, change(adding('mine'), { tried }), from, notYet))).toMatchObject({
      code: 'KEEPSAKE_STORE',
      cause: { message: 'ECONNRESET' },
    })
    expect(store.calls).toEqual(calls)
    expect(tried).toHaveLength(calls.filter((method) => method === 'replace').length)
  })
})

describe('queued rewrites', () => {
  it('of one key begin with the previous one’s text, and cost one call each', async () => {
    const { records, store, standing, change } = await createRow()
    const inTurn = rewriteInTurn(records, createTimeLimit(2000))
    const all = times(20, async (n) => inTurn(change(adding(`k${n}`))))
    const done = await Promise.all(all)
    expect(store.calls).toEqual(times(20, () => 'replace'))
    expect(Object.keys(dataOf((await standing())?.record) ?? {})).toHaveLength(21)
    expect(done.map((each) => each.outcome === 'written' && each.isMerged)).toEqual(times(20, (n) => n > 0))
  })

  it('of one key detect another process’s write in between', async () => {
    const { records, store, theirs, standing, change } = await createRow()
    const inTurn = rewriteInTurn(records, createTimeLimit(2000))
    store.next('replace', async (go) => {
      const answer = await go()
      await theirs({ base: 5 })
      return answer
    })
    await Promise.all(['a', 'b'].map(async (key) => inTurn(change(adding(key)))))
    expect(dataOf((await standing())?.record)).toEqual({ base: 5, b: 1 })
  })

  it('of one key write nothing after one that has ended the row, without a store call', async () => {
    const { records, store, memory, change } = await createRow()
    const inTurn = rewriteInTurn(records, createTimeLimit(2000))
    const done = await Promise.all([inTurn(change(ending)), inTurn(change(adding('late')))])
    expect(done).toMatchObject([{ outcome: 'ended' }, { outcome: 'absent', isUncertain: false }])
    expect(store.calls).toEqual(['replace'])
    expect(memory.size).toBe(0)
  })

  it('of one key continue after one that failed', async () => {
    const { records, standing, change } = await createRow()
    const inTurn = rewriteInTurn(records, createTimeLimit(2000))
    const [refused] = await Promise.allSettled([
      (async () => inTurn(change(refuse)))(),
      (async () => inTurn(change(adding('a'))))(),
    ])
    expect(refused).toMatchObject({ status: 'rejected' })
    expect(dataOf((await standing())?.record)).toEqual({ base: 1, a: 1 })
  })

  it('have a time limit each, and a hung one delays no other key', async () => {
    const { records, store, change } = await createRow()
    const inTurn = rewriteInTurn(records, createTimeLimit(50))
    const gate = createGate()
    store.next('replace', gate.before)
    const hanging = rejection(inTurn(change(adding('a'))))
    await gate.reached
    expect(await inTurn(change(adding('o'), { key: OTHER_KEY }))).toMatchObject({ outcome: 'absent' })
    expect(await hanging).toBeInstanceOf(StoreTimeoutError)
    gate.open()
  })
})
