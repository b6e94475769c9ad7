import { describe, expect, it } from 'vitest'
import { metaOf } from '../record/texts.ts'
import { inCookie } from '../../src/modes/in-cookie.ts'
import type { Committed, LazyMode } from '../../src/modes/mode.ts'
import type { Plan } from '../../src/record/plan.ts'
import type { InForce } from '../../src/modes/mode.ts'
import { createSealer, type SealedFields } from '../../src/sealer.ts'
import { tokenChars } from '../../src/crypto/token.ts'
import { present, SECRET, secretOf, START } from '../support.ts'
import { commitOf } from './stored.ts'

const NAME = '__Host-session'
const LIFETIME = { idle: 3600, absolute: 86_400, permanent: 2_678_400, permanentIdle: Infinity }
const SET: Plan = { record: 'create', cookie: 'set', reason: 'created' }
const CLEAR: Plan = { record: 'delete', cookie: 'clear', reason: 'emptied' }

const FIELDS: InForce = {
  created: START,
  issued: START,
  expires: START + 3600,
  permanent: false,
  sid: Buffer.alloc(16, 1),
  text: '{"a":{"$date":0},"$":{"subject":"alice"}}',
  subject: 'alice',
  place: undefined,
}

const modeWith = (secrets: string[]): LazyMode =>
  inCookie(createSealer({ secrets, name: NAME }), NAME, LIFETIME)

const commit = (plan: Plan, after: InForce, mode = modeWith([SECRET])): Committed =>
  mode.apply(commitOf({ plan, before: undefined, after }))

const tokenOf = (fields: InForce, mode = modeWith([SECRET])): string =>
  present(commit(SET, fields, mode).value)

describe('a record in the cookie', () => {
  it('is loaded as it was written', () => {
    const loaded = modeWith([SECRET]).load(tokenOf(FIELDS), START)
    expect(loaded).toEqual({
      reason: 'opened',
      record: {
        ...FIELDS,
        content: { ...metaOf({ subject: 'alice' }), data: { a: new Date(0) } },
        place: undefined,
      },
    })
  })

  it('is called stale when an older secret opened it', () => {
    const token = tokenOf(FIELDS, modeWith([secretOf('old')]))
    expect(modeWith([SECRET, secretOf('old')]).load(token, START)).toMatchObject({ reason: 'opened_stale' })
  })

  it.each<[string, Partial<SealedFields>]>([
    ['expired_idle', { created: START - 3600, issued: START - 3600 }],
    ['expired_absolute', { created: START - 86_400 }],
    ['expired_permanent', { created: START - 2_678_400, permanent: true }],
    ['expired_as_issued', { expires: START }],
    ['issued_in_future', { issued: START + 61 }],
    ['corrupt', { text: '' }],
    ['corrupt', { text: '[]' }],
    ['corrupt', { text: '{"a":1' }],
    ['corrupt', { text: '{"$":{}}' }],
    ['corrupt', { text: '\uFEFF{}' }],
  ])('is %s with %j', (reason, change) => {
    const loaded = modeWith([SECRET]).load(tokenOf({ ...FIELDS, ...change }), START)
    expect(loaded).toEqual({ reason })
  })

  it('is reported as expired before corrupt, because an expired record is not parsed', () => {
    const token = tokenOf({ ...FIELDS, expires: START, text: '[]' })
    expect(modeWith([SECRET]).load(token, START)).toEqual({ reason: 'expired_as_issued' })
  })

  it.each(['', 'junk'])('cannot be %j', (value) => {
    expect(modeWith([SECRET]).load(value, START)).toMatchObject({ reason: 'malformed' })
  })

  it('may have the maximum length', () => {
    expect(modeWith([SECRET]).maxTextBytes).toBe(2980)
    expect(tokenChars(2980)).toBeLessThanOrEqual(4082)
    expect(tokenChars(2981)).toBeGreaterThan(4082)
  })

  it('is not sealed for a cookie that is deleted', () => {
    expect(commit(CLEAR, FIELDS)).toEqual({ outcome: 'done', record: undefined, value: undefined })
    expect(modeWith([SECRET]).name).toBe('cookie')
  })
})
