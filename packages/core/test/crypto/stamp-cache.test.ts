import { createSecretKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createStamps, type Stamps } from '../../src/crypto/stamp.ts'
import { withStampCache } from '../../src/crypto/stamp-cache.ts'

const NOW = 1_800_000_000

/** Stamps, and how often one was hashed. */
function counting(): { readonly stamps: Stamps; reads: number } {
  const stamps = createStamps([createSecretKey(Buffer.alloc(32, 1))])
  const counted = {
    reads: 0,
    stamps: {
      ...stamps,
      timeIn(...given: Parameters<Stamps['timeIn']>) {
        counted.reads++
        return stamps.timeIn(...given)
      },
    },
  }
  return counted
}

describe('cached stamps', () => {
  it('are verified once, and valid only for their purpose and text', () => {
    const counted = counting()
    const cached = withStampCache(counted.stamps)
    const stamp = cached.write('cookie', NOW, 'a')
    for (let n = 0; n < 3; n++) expect(cached.timeIn(stamp, 'cookie', 'a')).toBe(NOW)
    expect(counted.reads).toBe(1)
    expect(cached.timeIn(stamp, 'cookie', 'b')).toBeUndefined()
    expect(cached.timeIn(stamp, 'proof', 'a')).toBeUndefined()
    expect(cached.timeIn(stamp, 'cookie', 'a')).toBe(NOW)
    expect(counted.reads).toBe(3)
  })

  it('are never forged ones or values that are not text, and do not evict valid ones', () => {
    const counted = counting()
    const cached = withStampCache(counted.stamps)
    const stamp = cached.write('cookie', NOW, 'a')
    cached.timeIn(stamp, 'cookie', 'a')
    for (let n = 0; n < 10_000; n++)
      expect(cached.timeIn(String(n).padStart(40, 'A'), 'cookie', 'a')).toBeUndefined()
    expect(cached.timeIn({ toString: () => stamp }, 'cookie', 'a')).toBeUndefined()
    counted.reads = 0
    expect(cached.timeIn(stamp, 'cookie', 'a')).toBe(NOW)
    expect(counted.reads).toBe(0)
  })

  it('are limited in number, and dropped when there are too many', () => {
    const counted = counting()
    const cached = withStampCache(counted.stamps)
    const stamps = Array.from({ length: 8193 }, (_, n) => cached.write('cookie', NOW, String(n)))
    for (const [n, stamp] of stamps.entries()) cached.timeIn(stamp, 'cookie', String(n))
    counted.reads = 0
    expect(cached.timeIn(stamps[8192], 'cookie', '8192')).toBe(NOW)
    expect(counted.reads).toBe(0)
    expect(cached.timeIn(stamps[0], 'cookie', '0')).toBe(NOW)
    expect(counted.reads).toBe(1)
  })
})
