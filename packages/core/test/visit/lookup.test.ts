import { describe, expect, it } from 'vitest'
import { metaOf } from '../record/texts.ts'
import { readSessionCookie, type SessionCookieOptions } from '../../src/cookie/session-cookie.ts'
import { StoreError, StoreTimeoutError } from '../../src/base/errors.ts'
import type { EagerMode, LazyMode, Loaded } from '../../src/modes/mode.ts'
import { anonymousAfter, type LookupRules, lookUpSealed, lookUpStored } from '../../src/visit/lookup.ts'
import { writeText } from '../../src/record/text.ts'
import { ANY_SHAPE, fieldsWith } from '../modes/stored.ts'
import { BEGIN, present, rejection, thrown, times } from '../store-support.ts'

const rulesOf = (options: SessionCookieOptions): LookupRules => ({
  cookie: readSessionCookie(options),
  shape: ANY_SHAPE,
})
const RULES = rulesOf({ name: 'sid', insecure: true })
const OPENED: Loaded = {
  reason: 'opened',
  record: { ...fieldsWith({ a: 1 }), content: { ...metaOf({}), data: { a: 1 } } },
}

/** The `load` of a mode whose cookie values are the expiry of their record. */
const expiringAt = (value: string): Loaded => ({
  ...OPENED,
  record: { ...present(OPENED.record), expires: Number(value) },
})

/** Of another session. */
const OPENED_OTHER: Loaded = {
  reason: 'opened',
  record: {
    ...fieldsWith({ a: 1 }),
    sid: Buffer.alloc(16, 7),
    content: { ...metaOf({}), data: { a: 1 } },
  },
}

/** A mode in which a cookie's value is its result: `opened…`, or the reason why it does not open. */
function createModes() {
  const loaded: string[] = []
  const load = (value: string): Loaded => {
    loaded.push(value)
    if (value.startsWith('opened other')) return OPENED_OTHER
    return value.startsWith('opened')
      ? OPENED
      : { reason: value.replace(/\d+$/, '') as 'malformed', record: undefined }
  }
  const rest = {
    maxTextBytes: 1,
    tooLarge: () => new Error('too large'),
    valueFor: () => undefined,
    watchRecord: () => undefined,
    apply: () => ({ outcome: 'done', record: undefined, value: undefined }) as const,
  }
  const lazy: LazyMode = { ...rest, isLazy: true, name: 'cookie', load }
  const whole = { ...rest, isLazy: false, name: 'store', fetch: undefined } as const
  const eager: EagerMode = { ...whole, load: async (value) => load(value) }
  const here: EagerMode = { ...whole, load }
  return { lazy, eager, here, loaded }
}

/** Fetched, and then looked at. */
const stored = async (mode: EagerMode, header: string) => (await lookUpStored(mode, RULES, header, BEGIN))()

const headerOf = (values: readonly string[]): string => values.map((value) => `sid=${value}`).join('; ')

describe('the lookup of a request’s cookies', () => {
  it.each([
    ['no cookie', [], 'no_cookie', false],
    ['a valid one', ['opened'], 'opened', false],
    ['a bad one, which goes', ['malformed'], 'malformed', true],
    ['one of an unknown key, which stays', ['unknown_key'], 'unknown_key', false],
    ['one whose id the store does not know, which stays', ['ended'], 'ended', false],
    ['one that another request has just superseded, which stays', ['superseded'], 'superseded', false],
    ['one that was revoked, which stays', ['revoked'], 'revoked', false],
    ['a valid one after a superseded one', ['superseded', 'opened'], 'opened', false],
    ['a superseded one behind one that has ended', ['ended', 'superseded'], 'superseded', false],
    ['a superseded one behind a bad one', ['malformed', 'superseded'], 'superseded', false],
    ['an expired one, which goes', ['expired_idle'], 'expired_idle', true],
    ['a valid one after an invalid one', ['malformed', 'opened'], 'opened', false],
    ['a valid one before an invalid one', ['opened', 'forged'], 'opened', false],
    ['the same valid one twice', ['opened', 'opened'], 'opened', false],
    ['two valid ones, of which none counts (R16)', ['opened', 'opened other'], 'ambiguous_cookie', true],
    ['two tokens of one session, which is not ambiguous', ['opened1', 'opened2'], 'opened', false],
    ['several bad ones, which go', ['malformed', 'forged'], 'malformed', true],
    ['invalid ones and one that another server may accept', ['malformed', 'ended'], 'malformed', false],
    ['a valid one in fourth place', ['forged1', 'forged2', 'forged3', 'opened'], 'opened', false],
    ['a valid one in fifth place', ['forged1', 'forged2', 'forged3', 'forged4', 'opened'], 'forged', true],
  ] as const)('has the same result wherever records live: %s', async (_, values, reason, discard) => {
    const { lazy, eager, here } = createModes()
    const expected = {
      reason,
      discard,
      isMisplaced: false,
      hasDropped: false,
      record: reason === 'opened' ? OPENED.record : undefined,
    }
    const header = headerOf(values)
    expect(lookUpSealed(lazy, RULES, header, BEGIN)).toEqual(expected)
    expect(await stored(here, header)).toEqual(expected)
    expect(await stored(eager, header)).toEqual(expected)
  })

  it.each([
    ['a former one alone', [], ['opened'], 'opened', true],
    ['a former one behind a bad one', ['malformed'], ['opened'], 'opened', true],
    ['a former one behind one that has ended', ['ended'], ['opened'], 'opened', true],
    ['one and a former one of another session', ['opened'], ['opened other'], 'opened', true],
    ['one and an invalid former one', ['opened'], ['malformed'], 'opened', true],
    [
      'two valid former ones, of which none counts',
      [],
      ['opened', 'opened other'],
      'ambiguous_cookie',
      false,
    ],
    ['a valid former one after a superseded one', ['superseded'], ['opened'], 'superseded', false],
    ['a superseded former one', [], ['superseded'], 'superseded', false],
    ['a bad former one', [], ['malformed'], 'malformed', false],
  ] as const)('includes former names: %s', async (_, present, former, reason, isMisplaced) => {
    const { lazy, eager, here } = createModes()
    const renamed = rulesOf({ name: 'sid', insecure: true, previous: [{ name: 'old' }] })
    const header = [headerOf(present), ...former.map((value) => `old=${value}`)].join('; ')
    const expected = { reason, isMisplaced, record: reason === 'opened' ? OPENED.record : undefined }
    expect(lookUpSealed(lazy, renamed, header, BEGIN)).toMatchObject(expected)
    for (const mode of [here, eager])
      expect((await lookUpStored(mode, renamed, header, BEGIN))()).toMatchObject(expected)
  })

  it('prefers the current cookie of two equally new ones of one session', () => {
    const { lazy } = createModes()
    const renamed = rulesOf({ name: 'sid', insecure: true, previous: [{ name: 'old' }] })
    for (const header of ['sid=1; old=2', 'old=2; sid=1'])
      expect(lookUpSealed({ ...lazy, load: expiringAt }, renamed, header, BEGIN).record?.expires).toBe(1)
  })

  it('is misplaced if there are two of one name and a former definition has that name', () => {
    const { lazy } = createModes()
    const wider = rulesOf({ path: '/a', previous: [{ path: '/a/b' }] })
    const header = headerOf(['opened', 'malformed']).replaceAll('sid', wider.cookie.name)
    expect(lookUpSealed(lazy, wider, header, BEGIN).isMisplaced).toBe(true)
    const only = rulesOf({ path: '/a', previous: [{ name: 'b' }] })
    expect(lookUpSealed(lazy, only, header, BEGIN).isMisplaced).toBe(false)
  })

  it('is a record without keys that are a control\u2019s name, and reports that it had some', async () => {
    const { lazy, here } = createModes()
    const meta = metaOf({ subject: 'alice' })
    const content = { ...meta, data: { a: 1, regenerate: 1, login: { deep: 1 } } }
    const record = { ...fieldsWith(content.data, 'alice'), content }
    const load = (): Loaded => ({ reason: 'opened', record })
    const expected = {
      reason: 'opened',

      discard: false,
      isMisplaced: false,
      hasDropped: true,
      record: {
        ...record,
        text: writeText({ a: 1 }, meta),
        content: { ...meta, data: { a: 1 } },
      },
    }
    expect(lookUpSealed({ ...lazy, load }, RULES, 'sid=x', BEGIN)).toEqual(expected)
    expect(await stored({ ...here, load }, 'sid=x')).toEqual(expected)
  })

  it('is synchronous if nothing has to be fetched', () => {
    const { eager, here } = createModes()
    expect(lookUpStored(eager, RULES, undefined, BEGIN)).not.toBeInstanceOf(Promise)
    expect(lookUpStored(here, RULES, 'sid=malformed', BEGIN)).not.toBeInstanceOf(Promise)
    expect(lookUpStored(eager, RULES, 'sid=opened', BEGIN)).toBeInstanceOf(Promise)
  })

  it('costs at most four loads, and one for identical cookies', async () => {
    const { eager, loaded } = createModes()
    await lookUpStored(eager, RULES, headerOf(times(200, (index) => `forged${index}`)), BEGIN)
    expect(loaded).toEqual(['forged0', 'forged1', 'forged2', 'forged3'])
    loaded.length = 0
    await lookUpStored(eager, RULES, headerOf(times(200, () => 'opened')), BEGIN)
    expect(loaded).toEqual(['opened'])
  })

  it('is fetched immediately and opened when first used, if the mode separates these', async () => {
    const { eager, loaded } = createModes()
    const steps: string[] = []
    const fetch = async (value: string) => {
      steps.push(`fetched ${value}`)
      return () => OPENED
    }
    const look = await lookUpStored({ ...eager, fetch }, RULES, headerOf(['opened']), BEGIN)
    expect(steps).toEqual(['fetched opened'])
    expect(loaded).toEqual([])
    expect(look()).toEqual({ ...OPENED, discard: false, isMisplaced: false, hasDropped: false })
  })

  it('is empty for a header that is too long, which stays unread', async () => {
    const { eager, lazy, loaded } = createModes()
    const header = `sid=opened; x=${'y'.repeat(16_384)}`
    const expected = {
      reason: 'header_too_large',
      record: undefined,
      discard: false,
      isMisplaced: false,
      hasDropped: false,
    }
    expect(await stored(eager, header)).toEqual(expected)
    expect(lookUpSealed(lazy, RULES, header, BEGIN)).toEqual(expected)
    expect(loaded).toEqual([])
  })

  it('rejects with the error of a failed load', async () => {
    const { eager } = createModes()
    const failing: EagerMode = {
      ...eager,
      load: (value, now) =>
        value === 'fails' ? Promise.reject(new StoreError('down')) : eager.load(value, now),
    }
    const opening = lookUpStored(failing, RULES, headerOf(['opened', 'fails']), BEGIN)
    expect(await rejection(Promise.resolve(opening))).toBeInstanceOf(StoreError)
  })
})

describe('a request that continues without its session', () => {
  it('is anonymous after the store has failed, and keeps its cookie', () => {
    for (const error of [new StoreError('down'), new StoreTimeoutError(50)]) {
      expect(anonymousAfter(error)()).toEqual({
        reason: 'store_failed',
        record: undefined,
        discard: false,
        isMisplaced: false,
        hasDropped: false,
      })
    }
  })

  it('does not continue after any other error', () => {
    const error = new RangeError('a bug')
    expect(thrown(() => anonymousAfter(error))).toBe(error)
    expect(present(OPENED.record).content.data).toEqual({ a: 1 })
  })
})
