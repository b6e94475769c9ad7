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
  ['nothing came, nothing is left', NONE, leaving({ text: '{}' }), 0, 'nothing', 'leave', 'empty'],
  [
    'nothing came, permanent and nothing is left',
    NONE,
    leaving({ text: '{}', permanent: true }),
    0,
    'nothing',
    'leave',
    'empty',
  ],
  [
    'a useless cookie came, nothing is left',
    USELESS,
    leaving({ text: '{}' }),
    0,
    'nothing',
    'clear',
    'unusable',
  ],
  ['nothing came, data is left', NONE, SAME, 0, 'create', 'set', 'created'],
  ['a useless cookie came, data is left', USELESS, SAME, 0, 'create', 'set', 'created'],
  ['a session came and is left as it was', RECORD, SAME, 0, 'nothing', 'leave', 'unchanged'],
  ['a session came and is left as it was, not due', RECORD, SAME, 179, 'nothing', 'leave', 'unchanged'],
  ['a session came and is left as it was, due', RECORD, SAME, 180, 'update', 'set', 'renewed'],
  ['a session came, its data changed', RECORD, leaving({ text: '{"a":2}' }), 0, 'update', 'set', 'changed'],
  [
    'a session came, its data changed, due',
    RECORD,
    leaving({ text: '{"a":2}' }),
    180,
    'update',
    'set',
    'changed',
  ],
  [
    'a session came, it became permanent',
    RECORD,
    leaving({ permanent: true }),
    0,
    'update',
    'set',
    'changed',
  ],
  ['a permanent session came, it no longer is', PERMANENT, SAME, 0, 'update', 'set', 'changed'],
  [
    'a permanent session came and stays',
    PERMANENT,
    leaving({ permanent: true }),
    180,
    'nothing',
    'leave',
    'unchanged',
  ],
  [
    'a permanent session came and stays, due',
    PERMANENT,
    leaving({ permanent: true }),
    133_920,
    'update',
    'set',
    'renewed',
  ],
  ['a session came, it began anew', RECORD, leaving({ created: START + 1 }), 1, 'update', 'set', 'changed'],
  ['a session came, its id is new', RECORD, leaving({ sid: OTHER_SID }), 0, 'move', 'set', 'regenerated'],
  [
    'a session came, id and data are new',
    RECORD,
    leaving({ sid: OTHER_SID, text: '{"b":1}' }),
    0,
    'move',
    'set',
    'regenerated',
  ],
  [
    'a session came, its id is new, due',
    RECORD,
    leaving({ sid: OTHER_SID }),
    180,
    'move',
    'set',
    'regenerated',
  ],
  ['a session came, nothing is left', RECORD, leaving({ text: '{}' }), 0, 'empty', 'clear', 'emptied'],
  [
    'a session came and was ended',
    RECORD,
    leaving({ sid: OTHER_SID, text: '{}', continues: false }),
    0,
    'delete',
    'clear',
    'destroyed',
  ],
  [
    'a session came, another one is in its place',
    RECORD,
    leaving({ sid: OTHER_SID, continues: false }),
    0,
    'move',
    'set',
    'replaced',
  ],
  ['a session came, nothing is left, due', RECORD, leaving({ text: '{}' }), 180, 'empty', 'clear', 'emptied'],
  [
    'a session came, its id is new and nothing is left',
    RECORD,
    leaving({ sid: OTHER_SID, text: '{}' }),
    0,
    'empty',
    'clear',
    'emptied',
  ],
  [
    'a session came by a clock ahead',
    { record: { ...CAME, issued: START + 60 }, discard: false, isMisplaced: false, isHeld: false },
    SAME,
    0,
    'nothing',
    'leave',
    'unchanged',
  ],
]

describe('the plan for closing', () => {
  it.each(ROWS)('%s', (_, before, after, seconds, record, cookie, reason) => {
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
