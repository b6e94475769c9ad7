import { describe, expect, it } from 'vitest'
import type { Lifetime } from '../../src/record/lifetime.ts'
import { type After, type Before, type Plan, planClose } from '../../src/record/plan.ts'
import { START } from '../support.ts'

const LIFETIME: Lifetime = { idle: 3600, absolute: 86_400, permanent: 2_678_400, permanentIdle: Infinity }
const SID = Buffer.alloc(16, 1)
const OTHER_SID = Buffer.alloc(16, 2)

const CAME: NonNullable<Before['record']> = {
  sid: SID,
  created: START,
  issued: START,
  expires: START + 3600,
  permanent: false,
  text: '{"a":1}',
}
const NONE: Before = { record: undefined, discard: false, isMisplaced: false, isHeld: false }
const USELESS: Before = { record: undefined, discard: true, isMisplaced: false, isHeld: false }
const RECORD: Before = { record: CAME, discard: false, isMisplaced: false, isHeld: false }
const PERMANENT: Before = {
  record: { ...CAME, permanent: true },
  discard: false,
  isMisplaced: false,
  isHeld: false,
}

const SAME: After = { sid: SID, created: START, permanent: false, text: '{"a":1}', continues: true }
const leaving = (change: Partial<After>): After => ({ ...SAME, ...change })

type Row = readonly [
  situation: string,
  before: Before,
  after: After,
  seconds: number,
  ...Plan: [Plan['record'], Plan['cookie'], Plan['reason']],
]

const ROWS: readonly Row[] = [
  ['without a session before or after', NONE, leaving({ text: '{}' }), 0, 'nothing', 'leave', 'empty'],
  [
    'without a session before, if only permanent is set',
    NONE,
    leaving({ text: '{}', permanent: true }),
    0,
    'nothing',
    'leave',
    'empty',
  ],
  [
    'of a useless cookie, without a session after',
    USELESS,
    leaving({ text: '{}' }),
    0,
    'nothing',
    'clear',
    'unusable',
  ],
  ['without a session before, with data after', NONE, SAME, 0, 'create', 'set', 'created'],
  ['of a useless cookie, with data after', USELESS, SAME, 0, 'create', 'set', 'created'],
  ['of an unchanged session', RECORD, SAME, 0, 'nothing', 'leave', 'unchanged'],
  [
    'of an unchanged session just before its renewal is due',
    RECORD,
    SAME,
    179,
    'nothing',
    'leave',
    'unchanged',
  ],
  ['of an unchanged session whose renewal is due', RECORD, SAME, 180, 'update', 'set', 'renewed'],
  ['of a session with changed data', RECORD, leaving({ text: '{"a":2}' }), 0, 'update', 'set', 'changed'],
  [
    'of a session with changed data whose renewal is due',
    RECORD,
    leaving({ text: '{"a":2}' }),
    180,
    'update',
    'set',
    'changed',
  ],
  ['of a session that became permanent', RECORD, leaving({ permanent: true }), 0, 'update', 'set', 'changed'],
  ['of a session that is no longer permanent', PERMANENT, SAME, 0, 'update', 'set', 'changed'],
  [
    'of an unchanged permanent session',
    PERMANENT,
    leaving({ permanent: true }),
    180,
    'nothing',
    'leave',
    'unchanged',
  ],
  [
    'of an unchanged permanent session whose renewal is due',
    PERMANENT,
    leaving({ permanent: true }),
    133_920,
    'update',
    'set',
    'renewed',
  ],
  [
    'of a session with a new start time',
    RECORD,
    leaving({ created: START + 1 }),
    1,
    'update',
    'set',
    'changed',
  ],
  ['of a session with a new id', RECORD, leaving({ sid: OTHER_SID }), 0, 'move', 'set', 'regenerated'],
  [
    'of a session with a new id and changed data',
    RECORD,
    leaving({ sid: OTHER_SID, text: '{"b":1}' }),
    0,
    'move',
    'set',
    'regenerated',
  ],
  [
    'of a session with a new id whose renewal is due',
    RECORD,
    leaving({ sid: OTHER_SID }),
    180,
    'move',
    'set',
    'regenerated',
  ],
  ['of a session with nothing left in it', RECORD, leaving({ text: '{}' }), 0, 'empty', 'clear', 'emptied'],
  [
    'of a session that was ended',
    RECORD,
    leaving({ sid: OTHER_SID, text: '{}', continues: false }),
    0,
    'delete',
    'clear',
    'destroyed',
  ],
  [
    'of a session that another one replaced',
    RECORD,
    leaving({ sid: OTHER_SID, continues: false }),
    0,
    'move',
    'set',
    'replaced',
  ],
  [
    'of a session with nothing left in it whose renewal is due',
    RECORD,
    leaving({ text: '{}' }),
    180,
    'empty',
    'clear',
    'emptied',
  ],
  [
    'of a session with a new id and nothing left in it',
    RECORD,
    leaving({ sid: OTHER_SID, text: '{}' }),
    0,
    'empty',
    'clear',
    'emptied',
  ],
  [
    'of a session issued by a clock that is ahead',
    { record: { ...CAME, issued: START + 60 }, discard: false, isMisplaced: false, isHeld: false },
    SAME,
    0,
    'nothing',
    'leave',
    'unchanged',
  ],
]

describe('the plan for closing', () => {
  it.each(ROWS)('is the expected one %s', (_, before, after, seconds, record, cookie, reason) => {
    expect(planClose(before, after, START + seconds, LIFETIME)).toEqual({ record, cookie, reason })
  })

  it('covers every reason that a plan can have', () => {
    expect(new Set(ROWS.map((row) => row[6]))).toEqual(
      new Set([
        'empty',
        'unusable',
        'unchanged',
        'created',
        'changed',
        'renewed',
        'regenerated',
        'replaced',
        'emptied',
        'destroyed',
      ]),
    )
  })

  it('cannot be changed by its receiver', () => {
    expect(Object.isFrozen(planClose(NONE, SAME, START, LIFETIME))).toBe(true)
  })
})
