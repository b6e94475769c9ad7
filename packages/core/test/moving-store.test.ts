import { describe, expect, it } from 'vitest'
import { StoreBusyError } from '../src/base/errors.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import { movingStore } from '../src/store/moving-store.ts'
import { revisionOf, type Store, type StoredRecord } from '../src/store/store.ts'
import { thrown, troubledStore } from './store-support.ts'

const KEY = 'a'.repeat(32)
const record = (text: string, expiresAt = Infinity, subject?: string): StoredRecord => ({
  text,
  expiresAt,
  subject,
})
const TEXT = 'x'.repeat(50)
function createMoving() {
  const [from, to] = [troubledStore(memoryStore()), troubledStore(memoryStore())]
  return { from, to, moving: movingStore(from, to) }
}

const broken = async (): Promise<never> => Promise.reject(new Error('down'))
const busy = async (): Promise<never> => Promise.reject(new StoreBusyError('busy'))
const refusal = (...stores: readonly unknown[]): unknown =>
  thrown(() => movingStore(...(stores as [Store, Store])))

describe('movingStore', () => {
  it('creates records in the new store, and keeps those of the old one there', async () => {
    const { from, to, moving } = createMoving()
    await from.create(KEY, record(TEXT))
    expect(await moving.create(KEY, record('y'))).toBe(false)
    expect(await moving.replace(KEY, revisionOf(TEXT), record('z'.repeat(50)))).toBe(true)
    expect([await from.read(KEY), await to.read(KEY)]).toEqual(['z'.repeat(50), undefined])
    await moving.create('b'.repeat(32), record('new'))
    expect(await to.read('b'.repeat(32))).toBe('new')
  })

  it('sweeps, empties and closes both, and is volatile if one of them is', async () => {
    const [from, to] = [memoryStore(), memoryStore()]
    const closed: string[] = []
    const closing = (name: string, store: Store): Store => ({ ...store, close: () => void closed.push(name) })
    const moving = movingStore(closing('from', from), closing('to', to))
    await from.create(KEY, record('a', Date.now() + 60_000))
    await to.create('b'.repeat(32), record('b', Date.now() + 60_000))
    expect(await moving.sweep?.(Date.now() + 3_600_000)).toBe(2)
    await from.create(KEY, record('a'))
    await to.create('b'.repeat(32), record('b'))
    for (const key of [KEY, 'b'.repeat(32)]) await moving.delete(key)
    expect([from.size, to.size]).toEqual([0, 0])
    await moving.close?.()
    expect(closed.toSorted()).toEqual(['from', 'to'])
    const lasting: Store = { ...memoryStore(), isVolatile: false }
    expect(movingStore(lasting, to).isVolatile).toBe(true)
    expect(movingStore(lasting, { ...lasting }).isVolatile).toBe(false)
  })

  it('watches records of both until it is stopped', async () => {
    const [from, to] = [memoryStore(), memoryStore()]
    let changes = 0
    const stop = await movingStore(from, to).watch?.(KEY, () => changes++)
    for (const store of [from, to]) await store.delete(KEY)
    expect(changes).toBe(2)
    stop?.()
    for (const store of [from, to]) await store.delete(KEY)
    expect(changes).toBe(2)
  })

  it('has bySubject and watch only if both stores have them', async () => {
    const { read, create, replace, delete: end } = memoryStore()
    const bare: Store = { read, create, replace, delete: end }
    for (const moving of [movingStore(bare, memoryStore()), movingStore(memoryStore(), bare)])
      expect([moving.bySubject, moving.watch]).toEqual([undefined, undefined])
    const [memory, stopped] = [memoryStore(), [] as string[]]
    const watching: Store = { ...memory, watch: () => () => void stopped.push('to') }
    await expect(
      movingStore({ ...memoryStore(), watch: broken }, watching).watch?.(KEY, () => undefined),
    ).rejects.toThrow('down')
    expect(stopped).toEqual(['to'])
  })

  it('does not report StoreBusyError once one store has started', async () => {
    const { from, moving } = createMoving()
    from.next('read', busy)
    await expect(moving.create(KEY, record(TEXT))).rejects.toThrow(StoreBusyError)
    from.next('read', async (go) => go(), busy)
    await expect(moving.create(KEY, record(TEXT))).rejects.not.toThrow(StoreBusyError)
    from.next('delete', busy)
    await expect(moving.delete(KEY)).rejects.not.toThrow(StoreBusyError)
  })

  it('rejects anything but two different stores', () => {
    const store = memoryStore()
    expect(refusal(store, store)).toMatchObject({ option: 'movingStore' })
    expect(refusal(undefined, store)).toMatchObject({ option: 'movingStore.from' })
    expect(refusal(store, {})).toMatchObject({ option: 'movingStore.to' })
  })
})
