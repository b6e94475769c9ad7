import { describe, expect, it } from 'vitest'
import { inDoubt } from '../src/history.ts'
import { judge } from '../src/judge.ts'
import { historyOf, OPENED, read, readsNothing, type Step } from './histories.ts'

const kindsOf = (...given: Parameters<typeof historyOf>): string[] =>
  judge(historyOf(...given)).faults.map(({ kind }) => kind)
const excusesOf = (steps: readonly Step[]): readonly string[] => judge(historyOf(steps)).excused

const begin: Step = { kind: 'begin', cookie: undefined, gets: 'a1', answer: { opened: 'no_cookie' } }
const push: Step = { kind: 'push' }
const login: Step = { kind: 'login', gets: 'a2' }
const lateAnswer: Step = { kind: 'push', cookie: 'b1', gets: 'b2' }
const readsLate: Step = { ...read({ items: ['2'] }), cookie: 'b2' }
/** Marks are the numbers of the steps; most histories here start with `begin`, number 0. */
const begun = { begun: '0' }

const killed = (at: number) => ({ windows: [], deaths: new Map([['http://node.example', at]]) })

describe('the judge finds no fault in a history', () => {
  it.each<[string, readonly Step[]]>([
    [
      'with writes that appear',
      [begin, push, { kind: 'count' }, read({ ...begun, items: ['1'], count: 1, counted: ['2'] })],
    ],
    ['with a write that was refused', [begin, { ...push, status: 409 }, read(begun)]],
    [
      'with a write without a response that was not made',
      [begin, { ...push, status: 0, answeredAt: Infinity }, read(begun)],
    ],
    [
      'with a write that was made in spite of a 503',
      [begin, { ...push, status: 503 }, read({ ...begun, items: ['1'] })],
    ],
    [
      'with a login that kept everything',
      [begin, push, login, { ...read({ ...begun, items: ['1', '2'] }, { subject: 'ada' }), cookie: 'a2' }],
    ],
    [
      'with a message that was shown',
      [begin, { kind: 'flash' }, { kind: 'show', answer: { ...OPENED, shown: ['1'] } }, read(begun)],
    ],
    [
      'with a value that was taken',
      [begin, { kind: 'put' }, { kind: 'take', answer: { ...OPENED, taken: '1' } }, read(begun)],
    ],
    ['with a change after a save', [begin, { ...push, how: 'more' }, read({ ...begun, items: ['1', '1+'] })]],
    [
      'with a refused change after a save',
      [begin, { ...push, how: 'more', status: 409 }, read({ ...begun, items: ['1'] })],
    ],
    [
      'with a message on a page whose change after a save was refused',
      [begin, { kind: 'flash' }, { kind: 'show', how: 'more', status: 409 }, { kind: 'show' }, read(begun)],
    ],
    [
      'with a change that was read, ended by a logout beside it, and then refused',
      [
        begin,
        { ...push, status: 409, sentAt: 10, answeredAt: 45 },
        { ...read({ ...begun, items: ['1'] }), sentAt: 20, answeredAt: 25 },
        { kind: 'logout', gets: 'none', sentAt: 30, answeredAt: 35 },
        { ...readsNothing, cookie: 'none' },
      ],
    ],
    [
      'with a change that a login has kept beside a logout, and that was then refused',
      [
        begin,
        { ...push, status: 409, sentAt: 10, answeredAt: 45 },
        { kind: 'logout', gets: 'none', sentAt: 30, answeredAt: 35 },
        { kind: 'login', gets: 'b1', sentAt: 32, answeredAt: 37 },
        {
          ...read({ ...begun, items: ['1', '3'] }, { subject: 'ada' }),
          cookie: 'b1',
          sentAt: 50,
          answeredAt: 51,
        },
      ],
    ],
    [
      'with data that a login beside another one has copied before the session ended',
      [
        begin,
        { ...login, sentAt: 10, answeredAt: 15 },
        { kind: 'login', gets: 'b1', sentAt: 12, answeredAt: 17 },
        { kind: 'logout', cookie: 'a2', gets: 'none', sentAt: 20, answeredAt: 24 },
        { kind: 'push', cookie: 'b1', gets: 'b2', sentAt: 22, answeredAt: 25 },
        { ...read({ ...begun, items: ['1', '2', '4'] }, { subject: 'ada' }), cookie: 'b2' },
      ],
    ],
    [
      'with a save in a session that a login has kept beside its logout, before a change in a third session that ended',
      [
        begin,
        { kind: 'count', how: 'more', gets: 'c1' },
        { kind: 'logout', gets: 'none', sentAt: 20, answeredAt: 25 },
        { kind: 'login', gets: 'b1', sentAt: 22, answeredAt: 27 },
        { kind: 'logout', cookie: 'c1', gets: 'none' },
        { ...read({ ...begun, items: ['3'], count: 1, counted: ['1'] }, { subject: 'ada' }), cookie: 'b1' },
      ],
    ],
    [
      'with reads of another session, whose cookie arrived after that of a login',
      [begin, login, lateAnswer, readsLate, readsLate],
    ],
  ])('%s', (_, steps) => {
    expect(kindsOf(steps)).toEqual([])
  })
})

describe('the judge finds a planted fault:', () => {
  it.each<[string, string, readonly Step[]]>([
    ['a lost write', 'lost', [begin, push, read(begun)]],
    [
      'a write that a read in between does not show',
      'lost',
      [begin, push, read(begun), read({ ...begun, items: ['1'] })],
    ],
    [
      'a lost write beside another one',
      'lost',
      [begin, push, { ...push, sentAt: 11 }, read({ ...begun, items: ['2'] })],
    ],
    [
      'a write that a login of its row lost',
      'lost',
      [begin, push, login, { ...read({ ...begun, items: ['2'] }, { subject: 'ada' }), cookie: 'a2' }],
    ],
    ['a write that was lost with its session', 'lost', [begin, push, readsNothing]],
    [
      'a write that was lost after a new id with a 503',
      'lost',
      [begin, push, { kind: 'regenerate', status: 503 }, readsNothing],
    ],
    [
      'a write whose session was replaced by another',
      'lost',
      [begin, push, { kind: 'count', gets: 'b1' }, { ...read({ count: 1, counted: ['2'] }), cookie: 'b1' }],
    ],
    [
      'a write before two logins, the later of which started with nothing',
      'lost',
      [
        begin,
        push,
        { ...login, sentAt: 30, answeredAt: 40 },
        { ...login, gets: 'b1', sentAt: 31, answeredAt: 41, answer: { opened: 'superseded' } },
        { ...read({ items: ['3'] }, { subject: 'ada' }), cookie: 'b1', sentAt: 50, answeredAt: 51 },
      ],
    ],
    ['a message that was never shown', 'lost', [begin, { kind: 'flash' }, { kind: 'show' }, read(begun)]],
    ['a write that was made twice', 'doubled', [begin, push, read({ ...begun, items: ['1', '1'] })]],
    [
      'a write that was made twice after a 503',
      'doubled',
      [begin, { ...push, status: 503 }, read({ ...begun, items: ['1', '1'] })],
    ],
    [
      'a write that was refused but made',
      'refused, and there',
      [begin, { ...push, status: 409 }, read({ ...begun, items: ['1'] })],
    ],
    [
      'a message that was refused but shown',
      'refused, and there',
      [
        begin,
        { kind: 'flash', status: 409 },
        { kind: 'show', answer: { ...OPENED, shown: ['1'] } },
        read(begun),
      ],
    ],
    [
      'a counter that is too high',
      'counter',
      [begin, { kind: 'count' }, read({ ...begun, count: 2, counted: ['1'] })],
    ],
    [
      'a message that two pages showed, one after another',
      'shown twice',
      [
        begin,
        { kind: 'flash' },
        { kind: 'show', answer: { ...OPENED, shown: ['1'] } },
        { kind: 'show', answer: { ...OPENED, shown: ['1'] } },
        read(begun),
      ],
    ],
    [
      'a value that two requests took',
      'shown twice',
      [
        begin,
        { kind: 'put' },
        { kind: 'take', answer: { ...OPENED, taken: '1' } },
        { kind: 'take', sentAt: 21, answer: { ...OPENED, taken: '1' } },
        read(begun),
      ],
    ],
    [
      'a value that appears after it was taken',
      'revived',
      [
        begin,
        { kind: 'put' },
        { kind: 'take', answer: { ...OPENED, taken: '1' } },
        read({ ...begun, slot0: '1' }),
      ],
    ],
    [
      'data that appears after a logout',
      'revived',
      [begin, push, { kind: 'logout', gets: 'none' }, read({ ...begun, items: ['1'] })],
    ],
    [
      'a user who was logged out without a logout',
      'logged out',
      [begin, login, { ...read({ ...begun, items: ['1'] }), cookie: 'a2' }],
    ],
    [
      'a request logged in as another user',
      'logged out',
      [begin, login, { ...read({ ...begun, items: ['1'] }, { subject: 'bob' }), cookie: 'a2' }],
    ],
    [
      'a user who is logged in after a logout',
      'logged out',
      [begin, { kind: 'logout' }, read({}, { subject: 'ada' })],
    ],
    ['an unexpected status', 'status', [begin, { ...push, status: 500 }, read(begun)]],
    ['data of another browser', 'stranger', [begin, read({ ...begun, items: ['c.1'] })]],
  ])('%s', (_, kind, steps) => {
    expect(kindsOf(steps)).toContain(kind)
  })

  it('a cookie that opens its session after a logout', () => {
    const steps: Step[] = [begin, { kind: 'logout', gets: 'none' }, { ...readsNothing, cookie: undefined }]
    expect(kindsOf(steps, [{ cookie: 'a1', since: 5, opens: true }])).toEqual(['revived'])
    expect(kindsOf(steps, [{ cookie: 'a1', since: 5, opens: false }])).toEqual([])
  })

  it('a cookie that opens its session after a new id', () => {
    const steps: Step[] = [
      begin,
      { kind: 'regenerate', gets: 'a2' },
      { ...read({ ...begun, items: ['1'] }), cookie: 'a2' },
    ]
    expect(kindsOf(steps, [{ cookie: 'a1', since: 5, opens: true }])).toEqual(['revived'])
  })
})

describe('the judge excuses a missing write:', () => {
  it.each<[string, readonly Step[]]>([
    ['ended', [begin, push, { kind: 'logout', sentAt: 11, answeredAt: 25 }, readsNothing]],
    ['ended', [begin, push, { kind: 'logout', status: 503 }, readsNothing]],
    [
      'not kept',
      [
        begin,
        { kind: 'scratch' },
        login,
        { ...read({ ...begun, items: ['2'] }, { subject: 'ada' }), cookie: 'a2' },
      ],
    ],
    ['taken', [begin, { kind: 'put' }, { kind: 'take', status: 0, answeredAt: Infinity }, read(begun)]],
    [
      'cookie never arrived',
      [begin, push, { kind: 'regenerate', status: 0, answeredAt: Infinity }, readsNothing],
    ],
    [
      'crossed answers',
      [
        begin,
        { kind: 'regenerate', gets: 'a2', answeredAt: 30 },
        { kind: 'login', gets: 'a3', sentAt: 20 },
        { ...readsNothing, cookie: 'a2', sentAt: 40, answeredAt: 41 },
      ],
    ],
    [
      'beside another login',
      [
        begin,
        { ...login, sentAt: 10, answeredAt: 20 },
        { ...login, gets: 'b1', sentAt: 11, answeredAt: 40 },
        { kind: 'push', cookie: 'a2', sentAt: 30, answeredAt: 31 },
        {
          ...read({ ...begun, items: ['1', '2'] }, { subject: 'ada' }),
          cookie: 'b1',
          sentAt: 50,
          answeredAt: 51,
        },
      ],
    ],
    [
      'late login',
      [
        begin,
        { kind: 'regenerate', gets: 'a2', answeredAt: 30 },
        { ...login, gets: 'b1', sentAt: 20, answeredAt: 31, answer: { opened: 'superseded' } },
        { ...read({ items: ['2'] }, { subject: 'ada' }), cookie: 'b1', sentAt: 40, answeredAt: 41 },
      ],
    ],
    [
      'crossed answers',
      [
        begin,
        push,
        { ...login, gets: 'a2', status: 503, sentAt: 20, answeredAt: 35 },
        { ...login, gets: 'a3', sentAt: 22, answeredAt: 30 },
        { ...readsNothing, cookie: 'a2' },
      ],
    ],
    [
      'late login',
      [
        begin,
        push,
        { ...login, gets: 'a2', sentAt: 20, answeredAt: 35 },
        { ...login, gets: 'a3', sentAt: 22, answeredAt: 30 },
        { ...login, cookie: 'a2', gets: 'b1', user: 'bob', answer: { opened: 'superseded' } },
        { ...read({ items: ['4'] }, { subject: 'bob' }), cookie: 'b1' },
      ],
    ],
    [
      'late login',
      [
        begin,
        push,
        { kind: 'regenerate', how: 'more', status: 409, sentAt: 20, answeredAt: 35 },
        { ...login, gets: 'b1', sentAt: 22, answeredAt: 30, answer: { opened: 'superseded' } },
        { ...read({ items: ['3'] }, { subject: 'ada' }), cookie: 'b1' },
      ],
    ],
    ['late answer', [begin, push, lateAnswer, readsLate]],
    [
      'without a session',
      [begin, { kind: 'push', cookie: undefined, gets: 'b1', answer: { opened: 'no_cookie' } }, read(begun)],
    ],
  ])('%s', (excuse, steps) => {
    expect(excusesOf(steps)).toContain(excuse)
    expect(kindsOf(steps)).toEqual([])
  })

  it('one that a failed primary acknowledged shortly before', () => {
    const history = historyOf([begin, push, read(begun)])
    expect(judge(history).faults).toHaveLength(1)
    expect(judge(inDoubt(history, { windows: [[1, 1]], deaths: new Map() })).faults).toEqual([])
    expect(judge(inDoubt(history, { windows: [[2, 3]], deaths: new Map() })).faults).toHaveLength(1)
  })

  it('one behind a new cookie with a 503 whose process was killed before it could take the cookie back', () => {
    const history = historyOf([begin, push, { kind: 'regenerate', status: 503 }, readsNothing])
    expect(judge(inDoubt(history, killed(3))).faults).toEqual([])
    expect(judge(inDoubt(history, killed(1))).faults).not.toEqual([])
    expect(judge(inDoubt(history, killed(60_000))).faults).not.toEqual([])
  })
})
