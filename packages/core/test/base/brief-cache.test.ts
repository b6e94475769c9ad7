import { describe, expect, it } from 'vitest'
import { createBriefCache } from '../../src/base/brief-cache.ts'

function createCounted(maxAge: number, max = 10) {
  const clock = { at: 1000 }
  const cache = createBriefCache<string>(maxAge, max, () => clock.at)
  let loads = 0
  const load = async (): Promise<string> => `load ${++loads}`
  return { clock, cache, get: (key: string) => cache.get(key, load) }
}

describe('a briefly cached value', () => {
  it('is returned synchronously until it expires', async () => {
    const { clock, get } = createCounted(50)
    expect(get('a')).toBeInstanceOf(Promise)
    await get('a')
    clock.at += 49
    expect(get('a')).toBe('load 1')
    clock.at += 1
    expect(await get('a')).toBe('load 2')
  })

  it('is not used with a time of 0, or after the clock was set back', async () => {
    const none = createCounted(0)
    expect([await none.get('a'), await none.get('a')]).toEqual(['load 1', 'load 2'])
    const back = createCounted(50)
    await back.get('a')
    back.clock.at -= 1
    expect(await back.get('a')).toBe('load 2')
  })

  it('is loaded once for simultaneous callers', async () => {
    const { get } = createCounted(50)
    expect(await Promise.all([get('a'), get('a'), get('b')])).toEqual(['load 1', 'load 1', 'load 2'])
  })

  it('is replaced by a new value, even while it is loading', async () => {
    const { cache, get } = createCounted(50)
    const loading = get('a')
    cache.put('a', 'mine')
    expect(await loading).toBe('load 1')
    expect(get('a')).toBe('mine')
  })

  it('is never a failed load', async () => {
    const { cache, get } = createCounted(50)
    await expect(cache.get('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down')
    expect(await get('a')).toBe('load 1')
    const failing = cache.get('b', () => Promise.reject(new Error('down')))
    cache.put('b', 'mine')
    await expect(failing).rejects.toThrow('down')
    expect(get('b')).toBe('mine')
  })

  it('is evicted in order of last use when the cache is full', async () => {
    const { get } = createCounted(50, 2)
    await get('a')
    await get('b')
    expect(get('a')).toBe('load 1')
    await get('c')
    expect(get('a')).toBe('load 1')
    expect(await get('b')).toBe('load 4')
  })
})
