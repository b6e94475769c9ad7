import { describe, expect, it } from 'vitest'
import { checkSize, decide, fieldsOf, rebaseFields, rebaseKept, refusalOf } from '../src/decision.ts'
import {
  CookieTooLargeError,
  RecordTooLargeError,
  SessionConflictError,
  SessionDataError,
  StoreError,
  StoreTimeoutError,
} from '../src/errors.ts'
import type { Identity } from '../src/identity.ts'
import { readLifetime } from '../src/lifetime.ts'
import type { Mode } from '../src/modes/mode.ts'
import { readText, writeText } from '../src/record.ts'
import type { SealedFields } from '../src/token.ts'
import { BEGIN, thrown } from './store-support.ts'

const LIFETIME = readLifetime({ idle: '1h', absolute: '24h', permanent: '31d' })
const SID = Buffer.alloc(16, 1)
const mine = ({ mine }: { readonly mine: unknown }): unknown => mine

/** As much of a mode as deciding looks at: how much it can keep. */
function modeOf(maxTextBytes: number): Mode {
  return {
    name: 'store',
    maxTextBytes,
    tooLarge: (bytes, sizes) => new RecordTooLargeError(bytes, maxTextBytes, sizes),
    load: () => ({ reason: 'malformed' }),
    apply: () => ({ outcome: 'done', record: undefined, value: undefined }),
  }
}
const ROOMY = modeOf(1000)

const identity = (change: Partial<Identity> = {}): Identity => ({
  sid: SID,
  created: BEGIN,
  permanent: false,
  subject: undefined,
  label: undefined,
  csrf: false,
  flash: [],
  ends: new Map(),
  kept: undefined,
  ...change,
})

const fields = (data: object, change: Partial<SealedFields> = {}): SealedFields => ({
  ...fieldsOf(identity(), writeText(data, undefined), LIFETIME, BEGIN),
  ...change,
})

describe('what closing must do', () => {
  const came = { record: fields({ a: 1 }), discard: false }

  it('is the plan, with the text of the session as it is now', () => {
    const decision = decide(ROOMY, LIFETIME, came, { a: 2 }, identity({ subject: 'u1' }), BEGIN)
    expect(decision.plan).toMatchObject({ record: 'update', reason: 'changed' })
    expect(decision.text).toBe(writeText({ a: 2 }, { subject: 'u1' }))
  })

  it('takes a session that kept something from another one for another', () => {
    const decision = decide(
      ROOMY,
      LIFETIME,
      came,
      { a: 1 },
      identity({ kept: { keys: ['a'], flash: true } }),
      BEGIN,
    )
    expect(decision.plan).toMatchObject({ record: 'move', reason: 'replaced' })
  })

  it('is refused for data under the name of a control, which no assignment can put there', () => {
    const session = Object.defineProperty({ a: 1 }, 'login', { value: 1, enumerable: true })
    const error = thrown(() => decide(ROOMY, LIFETIME, came, session, identity(), BEGIN))
    expect(error).toBeInstanceOf(SessionDataError)
    expect(error).toMatchObject({ path: 'login' })
  })

  it('is refused for more than the mode can keep, with the keys by weight', () => {
    const data = { small: 1, large: 'x'.repeat(30), middle: '€€€' }
    const error = thrown(() => decide(modeOf(40), LIFETIME, came, data, identity(), BEGIN))
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

  it('counts bytes, to the last one', () => {
    const text = writeText({ a: '€' }, undefined)
    const bytes = Buffer.byteLength(text)
    expect(thrown(() => checkSize(modeOf(bytes), text, { data: {} }))).toBeUndefined()
    expect(thrown(() => checkSize(modeOf(bytes - 1), text, { data: {} }))).toMatchObject({
      bytes,
      limit: bytes - 1,
    })
  })

  it('is not refused when nothing would be written', () => {
    const large = { a: 'x'.repeat(100) }
    const before = { record: fields(large), discard: false }
    expect(decide(modeOf(10), LIFETIME, before, large, identity(), BEGIN).plan.reason).toBe('unchanged')
    expect(decide(modeOf(10), LIFETIME, before, {}, identity(), BEGIN).plan.reason).toBe('emptied')
  })
})

describe('the fields of a record', () => {
  it('end where the limits say', () => {
    expect(fieldsOf(identity(), '{}', LIFETIME, BEGIN + 10)).toEqual({
      sid: SID,
      created: BEGIN,
      issued: BEGIN + 10,
      expires: BEGIN + 10 + 3600,
      permanent: false,
      text: '{}',
    })
    expect(fieldsOf(identity({ permanent: true }), '{}', LIFETIME, BEGIN + 10).expires).toBe(
      BEGIN + 31 * 86_400,
    )
  })

  it('are not written before the session began, by a clock that is behind', () => {
    expect(fieldsOf(identity(), '{}', LIFETIME, BEGIN - 30)).toMatchObject({ created: BEGIN, issued: BEGIN })
  })
})

describe('changes on top of what another request has written', () => {
  const before = fields({ a: 1 })
  const after = fields({ a: 1, mine: 1 }, { issued: BEGIN + 5 })
  const changes = { before, steps: [], after, kept: undefined, at: BEGIN, isHeld: false }
  const rebased = (theirs: SealedFields, change: object = {}): SealedFields =>
    rebaseFields({ ...changes, ...change }, theirs, ROOMY, LIFETIME, mine)

  it('are the merged data, ending where the later of both does', () => {
    expect(rebased(fields({ a: 2 }, { issued: BEGIN + 9 }))).toEqual({
      ...after,
      text: writeText({ a: 2, mine: 1 }, undefined),
      issued: BEGIN + 9,
      expires: BEGIN + 9 + 3600,
    })
    expect(rebased(fields({ a: 2 }, { issued: BEGIN + 1 })).issued).toBe(BEGIN + 5)
  })

  it('keep the word of the side that changed "remember me"', () => {
    const permanent = { permanent: true }
    expect(rebased(fields({ a: 2 }, permanent))).toMatchObject({
      permanent: true,
      expires: BEGIN + 31 * 86_400,
    })
    expect(rebased(fields({ a: 2 }), { after: { ...after, ...permanent } }).permanent).toBe(true)
    const was = { before: { ...before, ...permanent } }
    expect(rebased(fields({ a: 2 }, permanent), was).permanent).toBe(false)
  })

  it('of another session in its place take over nothing but the kept keys (R28)', () => {
    const login = {
      before: fields({ cart: [1], secret: 's' }),
      after: fields(
        { cart: [1], name: 'A' },
        { text: writeText({ cart: [1], name: 'A' }, { subject: 'u1' }) },
      ),
      kept: { keys: ['cart'], flash: true },
    }
    const theirs = fields({ cart: [1, 2], secret: 't', other: 'o', name: 'planted' }, { permanent: true })
    const result = rebased(theirs, login)
    expect(readText(result.text)).toEqual({ data: { cart: [1, 2], name: 'A' }, subject: 'u1' })
    expect(result.permanent).toBe(false)
  })

  it('of what follows an end take over nothing at all', () => {
    const ended = { after: fields({ fresh: 1 }), kept: { keys: [], flash: false } }
    expect(readText(rebased(fields({ a: 2, b: 3 }), ended).text)?.data).toEqual({ fresh: 1 })
  })

  it('never carry a subject from one session into another', () => {
    const texts = {
      before: writeText({ a: 1 }, { subject: 'u1' }),
      after: writeText({ a: 1 }, undefined),
      steps: [],
      kept: { keys: ['a'], flash: true },
      at: BEGIN,
    }
    const { text } = rebaseKept(texts, writeText({ a: 2 }, { subject: 'u1' }), mine)
    expect(readText(text)).toEqual({ data: { a: 2 }, subject: undefined })
  })

  it('are refused when the two together are too large', () => {
    const large = { ...changes, after: fields({ mine: 'x'.repeat(60) }) }
    const theirs = fields({ a: 1, theirs: 'y'.repeat(60) })
    const error = thrown(() => rebaseFields(large, theirs, modeOf(100), LIFETIME, mine))
    expect(error).toBeInstanceOf(RecordTooLargeError)
    expect(error).toMatchObject({ limit: 100, sizes: [{ key: 'theirs' }, { key: 'mine' }] })
  })
})

describe('why a commit was refused', () => {
  it.each([
    [new StoreError('no'), 'store_failed'],
    [new StoreTimeoutError(50), 'store_failed'],
    [new SessionConflictError('a'), 'conflict'],
    [new RecordTooLargeError(2, 1, []), 'too_large'],
    [new CookieTooLargeError('c', 2, 1), 'too_large'],
    [new SessionDataError('a', 'no'), 'unkeepable'],
    ['thrown by an application', 'unkeepable'],
  ])('%o is %s', (error, reason) => {
    expect(refusalOf(error)).toBe(reason)
  })
})
