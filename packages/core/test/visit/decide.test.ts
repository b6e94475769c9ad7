import { describe, expect, it } from 'vitest'
import { metaOf } from '../record/texts.ts'
import { checkSize } from '../../src/modes/mode.ts'
import { decide, reasonOf, type Rules } from '../../src/visit/decide.ts'
import { writeText } from '../../src/record/text.ts'
import type { InForce } from '../../src/modes/mode.ts'
import { recordOf } from '../../src/record/admit.ts'
import {
  SessionConflictError,
  SessionDataError,
  SessionGoneError,
  StoreError,
  StoreTimeoutError,
} from '../../src/base/errors.ts'
import { CookieTooLargeError, RecordTooLargeError } from '../../src/base/size-errors.ts'
import { checkKeys } from '../../src/record/control-names.ts'
import type { SessionState } from '../../src/session/state.ts'
import { ANY_SHAPE, freshStateOf, LIFETIME, modeOf, SID } from '../modes/stored.ts'
import { BEGIN, thrown } from '../store-support.ts'

const rules = (maxTextBytes: number): Rules => ({
  mode: modeOf(maxTextBytes),
  lifetime: LIFETIME,
  shape: ANY_SHAPE,
})
const ROOMY = rules(1000)

const state = (change: Partial<SessionState> = {}): SessionState => ({
  ...freshStateOf(),
  sid: SID,
  ...change,
})

const fields = (data: object): InForce => recordOf(state(), writeText(data), LIFETIME, BEGIN)

describe('the decision at closing', () => {
  const came = { record: fields({ a: 1 }), discard: false, isMisplaced: false, isHeld: false }

  it('is the plan, with the text of the session’s current state', () => {
    const decision = decide(ROOMY, came, { a: 2 }, state({ subject: 'u1' }), BEGIN)
    expect(decision.plan).toMatchObject({ record: 'update', reason: 'changed' })
    expect(decision.text).toBe(writeText({ a: 2 }, metaOf({ subject: 'u1' })))
  })

  it('treats a session that carries data over as another session', () => {
    const decision = decide(ROOMY, came, { a: 1 }, state({ carried: { keys: ['a'], flash: true } }), BEGIN)
    expect(decision.plan).toMatchObject({ record: 'move', reason: 'replaced' })
  })

  it('throws for data under the name of a control, which cannot be assigned', () => {
    const session = Object.defineProperty({ a: 1 }, 'login', { value: 1, enumerable: true })
    const error = thrown(() => checkKeys(session))
    expect(error).toBeInstanceOf(SessionDataError)
    expect(error).toMatchObject({ path: 'login' })
  })

  it('throws for more than the mode’s maximum, with the keys by size', () => {
    const data = { small: 1, large: 'x'.repeat(30), middle: '€€€' }
    const error = thrown(() => decide(rules(40), came, data, state(), BEGIN))
    expect(error).toBeInstanceOf(RecordTooLargeError)
    expect(error).toMatchObject({
      limit: 40,
      bytes: Buffer.byteLength(JSON.stringify(data)),
      sizes: [
        { key: 'large', bytes: 40 },
        { key: 'middle', bytes: 20 },
        { key: 'small', bytes: 9 },
      ],
    })
  })

  it('counts every byte', () => {
    const text = writeText({ a: '€' }, undefined)
    const bytes = Buffer.byteLength(text)
    expect(thrown(() => checkSize(modeOf(bytes), text))).toBeUndefined()
    expect(thrown(() => checkSize(modeOf(bytes - 1), text))).toMatchObject({
      bytes,
      limit: bytes - 1,
    })
  })

  it('does not throw if nothing would be written', () => {
    const large = { a: 'x'.repeat(100) }
    const before = { record: fields(large), discard: false, isMisplaced: false, isHeld: false }
    expect(decide(rules(10), before, large, state(), BEGIN).plan.reason).toBe('unchanged')
    expect(decide(rules(10), before, {}, state(), BEGIN).plan.reason).toBe('emptied')
  })
})

describe('the fields of a record', () => {
  it('have the expiry that the limits require', () => {
    expect(recordOf(state(), '{}', LIFETIME, BEGIN + 10)).toEqual({
      sid: SID,
      created: BEGIN,
      issued: BEGIN + 10,
      expires: BEGIN + 10 + 3600,
      permanent: false,
      text: '{}',
      subject: undefined,
    })
    expect(recordOf(state({ permanent: true }), '{}', LIFETIME, BEGIN + 10).expires).toBe(BEGIN + 31 * 86_400)
  })

  it('have no issue time before the session’s start, if the clock is behind', () => {
    expect(recordOf(state(), '{}', LIFETIME, BEGIN - 30)).toMatchObject({ created: BEGIN, issued: BEGIN })
  })
})

describe('the reason of a failed commit', () => {
  it.each([
    [new StoreError('no'), 'store_failed'],
    [new StoreTimeoutError(50), 'store_failed'],
    [new SessionConflictError('a'), 'conflict'],
    [new SessionGoneError(), 'gone'],
    [new RecordTooLargeError(2, 1, []), 'too_large'],
    [new CookieTooLargeError('c', 2, 1), 'too_large'],
    [new SessionDataError('a', 'no'), 'unkeepable'],
    ['thrown by an application', 'unkeepable'],
  ])('for the error %o is %s', (error, reason) => {
    expect(reasonOf(error)).toBe(reason)
  })
})
