import { describe, expect, it } from 'vitest'
import { bindingOf } from '../../src/record/binding.ts'
import { readLifetime } from '../../src/record/lifetime.ts'
import type { OpenRecord } from '../../src/record/record.ts'
import { unpackKey } from '../../src/store/packed-key.ts'
import { seenOf } from '../../src/subjects/device.ts'
import { metaOf } from '../record/texts.ts'

const KEY = 'a1'.repeat(16)
const BEGAN = 1_800_000_000
const dateAt = (seconds: number): Date => new Date((BEGAN + seconds) * 1000)

const record: OpenRecord<never> = {
  sid: new Uint8Array(16),
  created: BEGAN,
  issued: BEGAN + 60,
  expires: BEGAN + 660,
  permanent: false,
  subject: 'ada',
  text: '{}',
  content: { ...metaOf({ label: 'phone', binding: bindingOf({ key: 'x', at: BEGAN + 30 }) }), data: {} },
  place: undefined,
}

describe('the description of a session in a list', () => {
  it('has its times, its label and since when it is bound', () => {
    expect(seenOf(KEY, record, readLifetime({ idle: 600, absolute: 3600 }))).toEqual({
      handle: Buffer.from(KEY, 'hex').toString('base64url'),
      createdAt: dateAt(0),
      lastSeenAt: dateAt(60),
      expiresAt: dateAt(660),
      permanent: false,
      label: 'phone',
      boundAt: dateAt(30),
    })
  })

  it('has the earlier expiry if a limit was shortened since it was written', () => {
    expect(seenOf(KEY, record, readLifetime({ idle: 120 })).expiresAt).toEqual(dateAt(180))
  })
})

describe('a handle', () => {
  it('can be converted back to its key', () => {
    expect(unpackKey(seenOf(KEY, record, readLifetime(undefined)).handle)).toBe(KEY)
  })

  it.each<[string, unknown]>([
    ['shorter', 'oaGh'],
    ['longer', 'A'.repeat(23)],
    ['in another spelling', `${'A'.repeat(21)}B`],
    ['with a character that is none of base64url', `${'A'.repeat(21)}!`],
    ['no text', 22],
    ['missing', undefined],
  ])('leads to no key if it is %s', (_, handle) => {
    expect(unpackKey(handle)).toBeUndefined()
  })
})
