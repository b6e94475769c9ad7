import { describe, expect, it } from 'vitest'
import { StoreError } from '../../src/errors.ts'
import { rewrite } from '../../src/modes/rewrite.ts'
import { readText, writeText } from '../../src/record.ts'
import { revisionOf } from '../../src/store.ts'
import type { SealedFields } from '../../src/token.ts'
import { present, rejection, thrown } from '../store-support.ts'
import { createShelf, fieldsWith } from './stored.ts'

const KEY = 'a'.repeat(64)
const BASE = fieldsWith({ base: 1 })
const MINE = fieldsWith({ base: 1, mine: 1 })
const notYet = (): boolean => false

/** Mine on top of theirs: all that these tests need of a merge. */
const onTop = (theirs: SealedFields): SealedFields => ({
  ...theirs,
  text: writeText({ ...readText(theirs.text)?.data, mine: 1 }, undefined),
})
const neverAsked = (): never => {
  throw new Error('nobody else has written')
}
const refuse = (): never => {
  throw new TypeError('no')
}
const dataOf = (fields: SealedFields | undefined): object | undefined => fields && readText(fields.text)?.data

async function createRow() {
  const shelf = createShelf()
  const sealed = present(await shelf.records.create(KEY, BASE))
  const theirs = async (data: object): Promise<string> => {
    const from = present(await shelf.memory.read(KEY))
    const text = shelf.sealer.seal(fieldsWith(data), KEY)
    await shelf.memory.replace(KEY, revisionOf(from), { text, expiresAt: Infinity })
    return text
  }
  shelf.store.forget()
  return { ...shelf, sealed, theirs }
}

describe('a rewrite', () => {
  it('is one call where nobody else has written', async () => {
    const { records, store, sealed } = await createRow()
    const change = { key: KEY, from: sealed, fields: MINE, rebase: neverAsked }
    const written = present(await rewrite(records, change, notYet))
    expect(written).toMatchObject({ fields: MINE, isMerged: false })
    expect((await records.read(KEY))?.sealed).toBe(written.sealed)
    expect(store.calls).toEqual(['replace', 'read'])
  })

  it('is done on top of what another has written', async () => {
    const { records, store, sealed, theirs } = await createRow()
    await theirs({ base: 2 })
    const change = { key: KEY, from: sealed, fields: MINE, rebase: onTop }
    const written = await rewrite(records, change, notYet)
    expect(written?.isMerged).toBe(true)
    expect(dataOf(written?.fields)).toEqual({ base: 2, mine: 1 })
    expect(store.calls).toEqual(['replace', 'read', 'replace'])
  })

  it('begins anew as often as others are quicker, always with the last text', async () => {
    const { records, store, sealed, theirs } = await createRow()
    let rounds = 0
    const quicker = async <T>(go: () => Promise<T>): Promise<T> => {
      await theirs({ base: ++rounds })
      return go()
    }
    store.next('replace', quicker, quicker, quicker, quicker)
    const change = { key: KEY, from: sealed, fields: MINE, rebase: onTop }
    const written = await rewrite(records, change, notYet)
    expect(dataOf(written?.fields)).toEqual({ base: 4, mine: 1 })
    expect(store.calls.filter((method) => method === 'replace')).toHaveLength(5)
  })

  it('gives up when the time is over', async () => {
    const { records, store, sealed, theirs } = await createRow()
    let attempts = 0
    store.always(async (go) => {
      if (store.calls.at(-1) === 'replace') await theirs({ base: ++attempts })
      return go()
    })
    const change = { key: KEY, from: sealed, fields: MINE, rebase: onTop }
    const error = await rejection(rewrite(records, change, () => attempts >= 3))
    expect(error).toBeInstanceOf(StoreError)
    expect(error).toMatchObject({ message: 'other requests kept changing the session until the time was up' })
    expect(attempts).toBe(3)
    expect(thrown(() => rewrite(records, change, () => true))).toBeInstanceOf(StoreError)
    expect(attempts).toBe(3)
  })

  it('writes nothing where the record is gone', async () => {
    const { records, store, memory, sealed } = await createRow()
    await memory.delete(KEY)
    const change = { key: KEY, from: sealed, fields: MINE, rebase: neverAsked }
    expect(await rewrite(records, change, notYet)).toBeUndefined()
    expect(store.calls).toEqual(['replace', 'read'])
    expect(memory.size).toBe(0)
  })

  it('writes nothing where another has just ended the record', async () => {
    const { records, sealed } = await createRow()
    const end = present(await records.replace(KEY, sealed, fieldsWith({})))
    const change = { key: KEY, from: sealed, fields: MINE, rebase: neverAsked }
    expect(await rewrite(records, change, notYet)).toBeUndefined()
    const newest = { fields: fieldsWith({}), sealed: end, isMerged: false }
    expect(await rewrite(records, { ...change, newest }, notYet)).toBeUndefined()
    expect(await records.read(KEY)).toBeUndefined()
  })

  it('does not overwrite what it cannot open', async () => {
    const { records, memory, sealed } = await createRow()
    await memory.replace(KEY, revisionOf(sealed), { text: 'sealed by another secret', expiresAt: Infinity })
    const change = { key: KEY, from: sealed, fields: MINE, rebase: neverAsked }
    expect(await rejection(rewrite(records, change, notYet))).toMatchObject({
      code: 'KEEPSAKE_STORE',
      message: 'a record that this server cannot open has taken the place of its own',
    })
    expect(await memory.read(KEY)).toBe('sealed by another secret')
  })

  it('passes on what the merge throws, and writes nothing', async () => {
    const { records, memory, sealed, theirs } = await createRow()
    const standing = await theirs({ base: 2 })
    const change = { key: KEY, from: sealed, fields: MINE, rebase: refuse }
    expect(await rejection(rewrite(records, change, notYet))).toBeInstanceOf(TypeError)
    expect(await memory.read(KEY)).toBe(standing)
  })
})

describe('a rewrite right after another one in this process', () => {
  it('builds on that one without asking the store', async () => {
    const { records, store, sealed, theirs } = await createRow()
    const text = await theirs({ base: 2 })
    store.forget()
    const newest = { fields: fieldsWith({ base: 2 }), sealed: text, isMerged: false }
    const change = { key: KEY, from: sealed, fields: MINE, rebase: onTop, newest }
    const written = await rewrite(records, change, notYet)
    expect(written?.isMerged).toBe(true)
    expect(dataOf(written?.fields)).toEqual({ base: 2, mine: 1 })
    expect(store.calls).toEqual(['replace'])
  })

  it('is no merge where it began with that one', async () => {
    const { records, sealed } = await createRow()
    const newest = { fields: BASE, sealed, isMerged: true }
    const change = { key: KEY, from: sealed, fields: MINE, rebase: neverAsked, newest }
    expect(await rewrite(records, change, notYet)).toMatchObject({ fields: MINE, isMerged: false })
  })

  it('finds out when that one is out of date by now', async () => {
    const { records, sealed, theirs } = await createRow()
    await theirs({ base: 3 })
    const newest = { fields: fieldsWith({ base: 2 }), sealed: 'overwritten since', isMerged: false }
    const change = { key: KEY, from: sealed, fields: MINE, rebase: onTop, newest }
    expect(dataOf((await rewrite(records, change, notYet))?.fields)).toEqual({ base: 3, mine: 1 })
  })
})
