import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandomPool } from '../../src/base/random.ts'

const isZero = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0)

describe('the random pool', () => {
  it('fills exactly the requested bytes', () => {
    const fill = createRandomPool()
    fc.assert(
      fc.property(fc.nat(40), fc.integer({ min: 24, max: 64 }), (start, length) => {
        const target = Buffer.alloc(128)
        fill(target, start, start + length)
        expect(isZero(target.subarray(0, start))).toBe(true)
        expect(isZero(target.subarray(start + length))).toBe(true)
        // Three blocks of 8 bytes, each of which has changed.
        for (const at of [0, 8, 16]) expect(isZero(target.subarray(start + at, start + at + 8))).toBe(false)
      }),
    )
  })

  it('never returns the same bytes twice, across refills and pools (R53)', () => {
    const pools = [createRandomPool(), createRandomPool()]
    const seen = new Set<string>()
    for (let i = 0; i < 5000; i++) {
      for (const fill of pools) {
        const target = Buffer.alloc(12)
        fill(target, 0, 12)
        seen.add(target.toString('hex'))
      }
    }
    expect(seen.size).toBe(10_000)
  })

  it('fills to the last byte at the end of the pool', () => {
    const fill = createRandomPool()
    // After 4,090 of 4,096 bytes, fewer than 16 are left, so the pool must be refilled in time.
    for (let round = 0; round < 20; round++) {
      fill(Buffer.alloc(4090), 0, 4090)
      const target = Buffer.alloc(16)
      fill(target, 0, 16)
      expect([isZero(target.subarray(0, 8)), isZero(target.subarray(8))]).toEqual([false, false])
    }
  })

  it('spreads its bytes evenly', () => {
    const fill = createRandomPool()
    const counts = Array.from({ length: 256 }, () => 0)
    const target = Buffer.alloc(4096)
    for (let round = 0; round < 64; round++) {
      fill(target, 0, target.length)
      for (const byte of target) counts[byte] = (counts[byte] ?? 0) + 1
    }
    const mean = (64 * 4096) / 256
    const chiSquare = counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0)
    // 255 degrees of freedom: outside with a probability below 10^-9.
    expect(chiSquare).toBeGreaterThan(140)
    expect(chiSquare).toBeLessThan(410)
  })
})
