import { createSecretKey, randomFillSync } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { MessageKeys } from '../../src/crypto/message-keys.ts'

const keysOf = (): MessageKeys =>
  new MessageKeys(createSecretKey(Buffer.alloc(32, 1)), (target, start, end) => {
    randomFillSync(target, start, end - start)
  })

/** A prefix as bytes and as text, a different one for each number. */
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

  it('change the prefix after ten minutes', () => {
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

  it('use 12 random bytes as a prefix, the same as text and as bytes', () => {
    const asked: number[] = []
    const keys = new MessageKeys(createSecretKey(Buffer.alloc(32, 1)), (target, start, end) => {
      asked.push(end - start)
      target.fill(7, start, end)
    })
    const { prefix, prefixText } = keys.forSealing()
    expect(asked).toEqual([12])
    expect([...prefix]).toEqual(Array.from({ length: 12 }, () => 7))
    expect(prefixText).toBe(Buffer.alloc(12, 7).toString('base64url'))
  })

  it('open with the sealing key without deriving it again', () => {
    const keys = keysOf()
    const { messageKey, prefix, prefixText } = keys.forSealing()
    expect(keys.forOpening(prefix, prefixText)).toBe(messageKey)
  })

  it('derive the same key each time for another prefix', () => {
    const keys = keysOf()
    keys.forSealing()
    const derived = keys.forOpening(...prefixOf(1))
    expect(keys.forOpening(...prefixOf(1))).not.toBe(derived)
    expect(keys.forOpening(...prefixOf(1)).equals(derived)).toBe(true)
  })
})
