import { createSecretKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createStamps } from '../../src/crypto/stamp.ts'

const keyOf = (fill: number) => createSecretKey(Buffer.alloc(32, fill))
const STAMPS = createStamps([keyOf(1)])
const NOW = 1_800_000_000

describe('a stamp', () => {
  it('has its time only for its own purpose, text and key', () => {
    const stamp = STAMPS.write('cookie', NOW, 'a')
    expect(stamp).toMatch(/^[\w-]{40}$/)
    expect(STAMPS.timeIn(stamp, 'cookie', 'a')).toBe(NOW)
    expect(STAMPS.timeIn(stamp, 'proof', 'a')).toBeUndefined()
    expect(STAMPS.timeIn(stamp, 'cookie', 'b')).toBeUndefined()
    expect(createStamps([keyOf(2)]).timeIn(stamp, 'cookie', 'a')).toBeUndefined()
  })

  it('is read by every key, and written by the newest', () => {
    const both = createStamps([keyOf(2), keyOf(1)])
    expect(both.timeIn(STAMPS.write('cookie', NOW, 'a'), 'cookie', 'a')).toBe(NOW)
    expect(STAMPS.timeIn(both.write('cookie', NOW, 'a'), 'cookie', 'a')).toBeUndefined()
  })

  it('counts with none of its bits changed, and in one spelling only', () => {
    const stamp = STAMPS.write('cookie', NOW, 'a')
    const bytes = Buffer.from(stamp, 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      expect(STAMPS.timeIn(changed.toString('base64url'), 'cookie', 'a')).toBeUndefined()
    }
    for (const other of [`${stamp} `, `${stamp}=`, stamp.slice(1), '', undefined, null, 7, [stamp], {}])
      expect(STAMPS.timeIn(other, 'cookie', 'a')).toBeUndefined()
  })
})
