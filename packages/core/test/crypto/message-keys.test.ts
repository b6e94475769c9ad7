import { createSecretKey, randomFillSync } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createMessageKeys, type MessageKeys } from '../../src/crypto/message-keys.ts'

const keysOf = (): MessageKeys =>
  createMessageKeys(createSecretKey(Buffer.alloc(32, 1)), (target, start, end) => {
    randomFillSync(target, start, end - start)
  })

/** A prefix as bytes and as text; every number gives another. */
function prefixOf(number: number): [prefix: Buffer, prefixText: string] {
  const prefix = Buffer.alloc(12)
  prefix.writeUInt32BE(number)
  return [prefix, prefix.toString('base64url')]
}

afterEach(() => {
  vi.useRealTimers()
})

describe('the keys of messages', () => {
  it('seal 65,536 times under one prefix, and then under another (R53)', () => {
    const keys = keysOf()
    const first = keys.forSealing()
    for (let i = 1; i < 65_536; i++) if (keys.forSealing() !== first) expect.fail(`changed at seal ${i}`)
    const second = keys.forSealing()
    expect(second.prefixText).not.toBe(first.prefixText)
    expect(second.messageKey.equals(first.messageKey)).toBe(false)
    expect(keys.forSealing()).toBe(second)
  })

  it('take another prefix after ten minutes', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 })
    const keys = keysOf()
    const first = keys.forSealing()
    vi.setSystemTime(1_000_000 + 600_000)
    expect(keys.forSealing()).toBe(first)
    vi.setSystemTime(1_000_000 + 600_001)
    const second = keys.forSealing()
    expect(second.prefixText).not.toBe(first.prefixText)
    vi.setSystemTime(1_000_000 + 1_200_001)
    expect(keys.forSealing()).toBe(second)
  })

  it('take 12 random bytes as a prefix, which text and bytes agree on', () => {
    const asked: number[] = []
    const keys = createMessageKeys(createSecretKey(Buffer.alloc(32, 1)), (target, start, end) => {
      asked.push(end - start)
      target.fill(7, start, end)
    })
    const { prefix, prefixText } = keys.forSealing()
    expect(asked).toEqual([12])
    expect([...prefix]).toEqual(Array.from({ length: 12 }, () => 7))
    expect(prefixText).toBe(Buffer.alloc(12, 7).toString('base64url'))
  })

  it('that seal also open, without being derived again', () => {
    const keys = keysOf()
    const { messageKey, prefix, prefixText } = keys.forSealing()
    expect(keys.forOpening(prefix, prefixText)).toBe(messageKey)
  })

  it('that opened are kept; others are derived each time', () => {
    const keys = keysOf()
    const derived = keys.forOpening(...prefixOf(1))
    expect(keys.forOpening(...prefixOf(1))).not.toBe(derived)
    expect(keys.forOpening(...prefixOf(1)).equals(derived)).toBe(true)
    keys.keep(prefixOf(1)[1], derived)
    expect(keys.forOpening(...prefixOf(1))).toBe(derived)
  })

  it('are not pushed out by forged prefixes', () => {
    const keys = keysOf()
    const kept = keys.forOpening(...prefixOf(0))
    keys.keep(prefixOf(0)[1], kept)
    for (let i = 1; i <= 3000; i++) keys.forOpening(...prefixOf(i))
    expect(keys.forOpening(...prefixOf(0))).toBe(kept)
  })

  it('are kept up to 1,024, and the oldest goes first', () => {
    const keys = keysOf()
    const kept = Array.from({ length: 1025 }, (_, i) => keys.forOpening(...prefixOf(i)))
    for (const [i, key] of kept.slice(0, 1024).entries()) keys.keep(prefixOf(i)[1], key)
    expect(keys.forOpening(...prefixOf(0))).toBe(kept[0])
    // One that is there already pushes nothing out.
    for (const key of kept.slice(5, 6)) keys.keep(prefixOf(5)[1], key)
    expect(keys.forOpening(...prefixOf(0))).toBe(kept[0])
    for (const key of kept.slice(1024)) keys.keep(prefixOf(1024)[1], key)
    expect(keys.forOpening(...prefixOf(0))).not.toBe(kept[0])
    expect(keys.forOpening(...prefixOf(1))).toBe(kept[1])
    expect(keys.forOpening(...prefixOf(1024))).toBe(kept[1024])
  })
})
