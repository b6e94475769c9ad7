import { describe, expect, it } from 'vitest'
import { metaOf } from '../record/texts.ts'
import { type HandledTexts, hasLost, rebaseHandled } from '../../src/visit/changes.ts'
import { Queue } from '../../src/base/maybe-promise.ts'
import { SessionCommit } from '../../src/visit/session-commit.ts'
import { planClose } from '../../src/record/plan.ts'
import type { Attempt, Change, Step } from '../../src/record/record.ts'
import { readText, writeText } from '../../src/record/text.ts'
import type { ChangeRules } from '../../src/visit/setup.ts'
import type { InForce } from '../../src/modes/mode.ts'
import { recordOf } from '../../src/record/admit.ts'
import { RecordTooLargeError } from '../../src/base/size-errors.ts'
import type { ResolveConflict } from '../../src/record/merge.ts'
import { createTrace } from '../../src/base/trace.ts'
import type { FlashMessage } from '../../src/record/flash.ts'
import { ANY_SHAPE, freshStateOf, keysOf, LIFETIME, modeOf, SID } from '../modes/stored.ts'
import { BEGIN, present, thrown } from '../store-support.ts'

const { fillRandom, logKey } = keysOf()
const trace = createTrace('sid', logKey)
const mine: ResolveConflict = (conflict) => conflict.mine
const never = (): boolean => false
const has = (id: string) => (other: string) => other === id

function record(data: object, change: Partial<InForce> = {}): InForce {
  const state = { ...freshStateOf(), sid: SID, subject: change.subject }
  return {
    ...recordOf(state, writeText(data, metaOf({ subject: change.subject })), LIFETIME, BEGIN),
    ...change,
  }
}

const BEFORE = record({ a: 1 })
const AFTER = record({ a: 1, mine: 1 }, { issued: BEGIN + 5 })

/** A handler's changes to a session, and how its request was opened. */
interface Handled extends Pick<HandledTexts, 'steps' | 'carried' | 'at'> {
  readonly before: InForce
  readonly after: InForce
  readonly keep: readonly string[] | undefined
  readonly isHeld: boolean
  readonly unsettled: readonly Attempt[]
}

const HANDLED: Handled = {
  before: BEFORE,
  steps: [],
  after: AFTER,
  carried: undefined,
  keep: undefined,
  at: BEGIN,
  isHeld: false,
  unsettled: [],
}

function changesOf(handled: Partial<Handled> = {}, rules: Partial<ChangeRules> = {}): SessionCommit {
  const { before, after, steps, carried, keep, at, isHeld, unsettled } = { ...HANDLED, ...handled }
  const source = {
    setup: {
      mode: modeOf(1000),
      shape: ANY_SHAPE,
      lifetime: LIFETIME,
      resolve: mine,
      fillRandom,
      trace,
      ...rules,
    },
    record: before,
    held: isHeld ? before : undefined,
    queue: new Queue(),
    carriedOut: 0,
    unsettled,
    cookieFor: () => '',
  }
  const { sid, permanent } = after
  const plan = planClose(
    { record: before, discard: false, isMisplaced: false, isHeld: false },
    { ...after, continues: true },
    at,
    LIFETIME,
  )
  return new SessionCommit(
    source,
    plan,
    { sid, permanent, carried, login: keep && { keep }, steps },
    after,
    at,
  )
}

const dataIn = ({ text }: Pick<InForce, 'text'>): object | undefined => readText(text)?.data

/** A step as `session.update` leaves it. */
function step(before: object, change: Change): Step {
  const data = structuredClone(before) as Record<string, unknown>
  change(data)
  return { before: writeText(before), change, after: writeText(data) }
}
const count: Change = (data) => {
  data['n'] = ((data['n'] as number | undefined) ?? 0) + 1
}

describe('changes on top of another request’s', () => {
  it('are the merged data, with the later expiry of both records', () => {
    expect(changesOf().rebase(record({ a: 2 }, { issued: BEGIN + 9 }), never)).toEqual({
      ...AFTER,
      text: writeText({ a: 2, mine: 1 }),
      issued: BEGIN + 9,
      expires: BEGIN + 9 + 3600,
    })
    expect(changesOf().rebase(record({ a: 2 }, { issued: BEGIN + 1 }), never).issued).toBe(BEGIN + 5)
  })

  it('keep the value of the side that changed "remember me"', () => {
    const permanent = { permanent: true }
    expect(changesOf().rebase(record({ a: 2 }, permanent), never)).toMatchObject({
      permanent: true,
      expires: BEGIN + 31 * 86_400,
    })
    const asked = changesOf({ after: { ...AFTER, ...permanent } })
    expect(asked.rebase(record({ a: 2 }), never).permanent).toBe(true)
    const takenBack = changesOf({ before: { ...BEFORE, ...permanent } })
    expect(takenBack.rebase(record({ a: 2 }, permanent), never).permanent).toBe(false)
  })

  it('do not move a held expiry', () => {
    const theirs = record({ a: 2 }, { issued: BEGIN + 9, expires: BEGIN + 9 })
    expect(changesOf({ isHeld: true }).rebase(theirs, never).expires).toBe(BEGIN + 9)
  })

  it('of a replacing session take over only the data to carry over (R28)', () => {
    const login = changesOf({
      before: record({ cart: [1], secret: 's' }),
      after: record({ cart: [1], name: 'A' }, { subject: 'u1' }),
      carried: { keys: ['cart'], flash: true },
    })
    const theirs = record({ cart: [1, 2], secret: 't', other: 'o', name: 'planted' }, { permanent: true })
    const result = login.rebase(theirs, never)
    expect(readText(result.text)).toMatchObject({ data: { cart: [1, 2], name: 'A' }, subject: 'u1' })
    expect(result.permanent).toBe(false)
  })

  it('after an end take over nothing', () => {
    const ended = changesOf({ after: record({ fresh: 1 }), carried: { keys: [], flash: false } })
    expect(dataIn(ended.rebase(record({ a: 2, b: 3 }), never))).toEqual({ fresh: 1 })
  })

  it('never carry a subject from one session to another', () => {
    const texts = {
      before: writeText({ a: 1 }, metaOf({ subject: 'u1' })),
      after: writeText({ a: 1 }),
      steps: [],
      carried: { keys: ['a'], flash: true },
      at: BEGIN,
    }
    const { text } = rebaseHandled(texts, writeText({ a: 2 }, metaOf({ subject: 'u1' })), mine)
    expect(readText(text)).toMatchObject({ data: { a: 2 }, subject: undefined })
  })

  it('throw if both together are too large', () => {
    const large = changesOf({ after: record({ mine: 'x'.repeat(60) }) }, { mode: modeOf(100) })
    const theirs = record({ a: 1, theirs: 'y'.repeat(60) })
    const error = thrown(() => large.rebase(theirs, never))
    expect(error).toBeInstanceOf(RecordTooLargeError)
    expect(error).toMatchObject({ limit: 100, sizes: [{ key: 'theirs' }, { key: 'mine' }] })
  })
})

describe('changes after an attempt with an unknown outcome', () => {
  const first = step({ n: 1 }, count)
  const attempt: Attempt = { ids: ['attempt1'], text: writeText({ n: 2, list: [1] }), steps: [first] }
  const second = step({ n: 2, list: [1] }, count)
  const handled = {
    before: record({ n: 1 }),
    steps: [first, second],
    after: record({ n: 3, list: [1, 2] }),
    unsettled: [attempt],
  }

  it('are only those since the attempt if the row has its text', () => {
    const theirs = record({ n: 12, list: [1, 9] })
    expect(dataIn(changesOf(handled).rebase(theirs, has('attempt1')))).toEqual({ n: 13, list: [1, 9, 2] })
  })

  it('are all of them if the row does not have its text', () => {
    const theirs = record({ n: 11, list: [9] })
    expect(dataIn(changesOf(handled).rebase(theirs, never))).toEqual({ n: 13, list: [9, 1, 2] })
  })

  it('begin with the last written attempt if there were several', () => {
    const later: Attempt = { ids: ['x', 'attempt2'], text: handled.after.text, steps: [first, second] }
    const changes = changesOf({ ...handled, unsettled: [attempt, later] })
    expect(dataIn(changes.rebase(record({ n: 13 }), has('attempt2')))).toEqual({ n: 13 })
  })

  it('begin no new session, because another request may have ended it on purpose', () => {
    expect(changesOf(handled).alone()).toBeUndefined()
  })
})

describe('a login whose row is gone or belongs to another login', () => {
  const login = {
    before: record({ cart: [1], note: 'old' }),
    after: record({ cart: [1], name: 'A' }, { subject: 'alice' }),
    carried: { keys: ['cart'], flash: true },
    keep: ['cart'],
  }

  it('has its carried over data and its changes, if there is no row', () => {
    expect(changesOf(login).apart(undefined)).toEqual(login.after)
  })

  it('has no data of another subject’s login', () => {
    const theirs = record({ cart: [1, 2], secret: 's' }, { subject: 'bob' })
    expect(changesOf(login).apart(theirs)).toEqual(login.after)
  })

  it('has only the keys to keep of the same subject’s other login', () => {
    const theirs = record({ cart: [1, 2], theirs: 1 }, { subject: 'alice' })
    const apart = changesOf(login).apart(theirs)
    expect(readText(apart.text)).toMatchObject({
      data: { cart: [1, 2], name: 'A' },
      subject: 'alice',
    })
  })

  it('of the subject that was already logged in has only the keys in keep, and this request’s changes', () => {
    const again = changesOf({
      before: record({ cart: [1], note: 'old', seen: 1 }, { subject: 'alice' }),
      after: record({ cart: [1], note: 'old', seen: 2, added: 1 }, { subject: 'alice' }),
      keep: ['cart'],
    })
    expect(readText(again.apart(undefined).text)).toMatchObject({
      data: { cart: [1], seen: 2, added: 1 },
      subject: 'alice',
    })
  })
})

const alone = (handled: Partial<Handled>) => {
  const changes = changesOf(handled)
  const begun = changes.alone()
  return { begun, data: begun && dataIn(begun), hasDropped: changes.hasDropped }
}

describe('changes to an anonymous session that is gone', () => {
  it('begin a new session with the new keys', () => {
    const { begun, data, hasDropped } = alone({ at: BEGIN + 50 })
    expect([data, hasDropped]).toEqual([{ mine: 1 }, false])
    expect(begun).toMatchObject({
      created: BEGIN + 50,
      issued: BEGIN + 50,
      expires: BEGIN + 50 + 3600,
      subject: undefined,
      permanent: false,
    })
    expect(present(begun).sid).toHaveLength(16)
    expect(present(begun).sid).not.toEqual(SID)
  })

  it('keep the request’s value of permanent', () => {
    const { begun } = alone({ after: { ...AFTER, permanent: true } })
    expect(begun).toMatchObject({ permanent: true, expires: BEGIN + 31 * 86_400 })
  })

  it.each<[string, object, object, object | undefined, boolean]>([
    ['an assignment to a key that was there is dropped', { a: 1 }, { a: 2 }, undefined, true],
    ['a removal is nothing', { a: 1, b: 1 }, { b: 1 }, undefined, false],
    ['the tail of a list is kept', { cart: [1, 2] }, { cart: [1, 2, 3] }, { cart: [3] }, false],
    ['a list that was changed otherwise is dropped', { cart: [1, 2] }, { cart: [2, 1] }, undefined, true],
    ['a new key next to an assignment is kept', { a: 1 }, { a: 2, b: 1 }, { b: 1 }, true],
    ['nothing is nothing', { a: 1 }, { a: 1 }, undefined, false],
  ])('include only the request\u2019s own additions: %s', (_, before, after, data, hasDropped) => {
    const result = alone({ before: record(before), after: record(after) })
    expect([result.data, result.hasDropped]).toEqual([data, hasDropped])
  })

  it('apply their updates to empty data', () => {
    const steps = [step({ n: 41 }, count), step({ n: 42 }, count)]
    const { data, hasDropped } = alone({ before: record({ n: 41 }), after: record({ n: 43 }), steps })
    expect([data, hasDropped]).toEqual([{ n: 2 }, false])
  })
})

const message = (id: string): FlashMessage => ({ id, category: 'info', message: id })
const textOf = (data: object, ...flash: readonly FlashMessage[]): string => writeText(data, metaOf({ flash }))

describe('the loss with a session that is gone', () => {
  it.each<[string, string | undefined, string]>([
    ['a new key', textOf({ a: 1 }), textOf({ a: 1, b: 1 })],
    ['another value of a key', textOf({ a: 1 }), textOf({ a: 2 })],
    ['an item of a list', textOf({ cart: [1] }), textOf({ cart: [1, 2] })],
    ['a new key next to a deleted one', textOf({ a: 1 }), textOf({ b: 1 })],
    ['a message', textOf({ a: 1 }), textOf({ a: 1 }, message('m'))],
    ['a message next to a waiting one', textOf({}, message('m')), textOf({}, message('m'), message('n'))],
    ['a message in the place of one that was shown', textOf({}, message('m')), textOf({}, message('n'))],
    ['the first data of a session', undefined, textOf({ a: 1 })],
  ])('is %s', (_, before, after) => {
    expect(hasLost(before, after)).toBe(true)
  })

  it.each<[string, string | undefined, string]>([
    [
      'a session that is as it was',
      textOf({ a: { b: [1] } }, message('m')),
      textOf({ a: { b: [1] } }, message('m')),
    ],
    ['a deleted key', textOf({ a: 1, b: 1 }), textOf({ b: 1 })],
    ['a deleted key next to a waiting message', textOf({ a: 1 }, message('m')), textOf({}, message('m'))],
    ['a message that was shown', textOf({ a: 1 }, message('m')), textOf({ a: 1 })],
    [
      'the end of a key',
      textOf({ a: 1 }),
      writeText({ a: 1 }, metaOf({ expiries: new Map([['a', BEGIN]]) })),
    ],
    ['a token against forged requests', undefined, writeText({}, metaOf({ csrf: true }))],
  ])('is nothing if there is only %s', (_, before, after) => {
    expect(hasLost(before, after)).toBe(false)
  })
})
