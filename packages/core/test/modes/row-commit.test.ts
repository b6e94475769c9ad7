import { createCookieHashes } from '../../src/modes/store-cookie.ts'
import { describe, expect, it } from 'vitest'
import type { Changes, Commit } from '../../src/modes/mode.ts'
import type { Next, Standing } from '../../src/store/rewrite.ts'
import { nextOf, type Renewal, type Stored, type Verdict } from '../../src/modes/row-commit.ts'
import type { Plan } from '../../src/record/plan.ts'
import type { SessionRecord } from '../../src/record/record.ts'
import { EMPTY_TEXT } from '../../src/record/encode.ts'
import { type Row, textId } from '../../src/store/row.ts'
import { BEGIN } from '../store-support.ts'
import { commitOf, fieldsWith, mergedWith } from './stored.ts'

const sidOf = (n: number): Buffer => Buffer.alloc(16, n)
const sidText = (n: number): string => sidOf(n).toString('base64url')
/** A sealed text by the last character of its nonce. */
const textOf = (name: string): string => 'x'.repeat(43) + name

const ROW: Row = { proof: 'proof of the first', replaced: '', superseded: [], order: 7 }
const FIRST = { proof: ROW.proof, sid: sidText(0), at: BEGIN }

/** The row that a request has read: written a minute ago by a login of `subject`. */
function readAs(subject: string | undefined): Stored {
  const record = fieldsWith({ base: 1 }, subject, { sid: sidOf(0) })
  const hashes = createCookieHashes(Buffer.alloc(0))
  const written = { sealed: textOf('0'), row: ROW, sid: record.sid }
  const place = { cookie: 'c', proof: ROW.proof, key: 'k', hashes, ...written }
  return { ...record, place }
}

/** What may have happened to the row in the meantime. */
const STANDING = {
  'as it was read': { sealed: textOf('0') },
  written: { sealed: textOf('1') },
  renewed: { sealed: textOf('1'), sid: 1, row: { proof: 'second', superseded: [FIRST] } },
  'renewed four times': { sealed: textOf('1'), sid: 4, row: { proof: 'fifth', superseded: [] } },
  'another subject’s': {
    sealed: textOf('1'),
    sid: 1,
    subject: 'bob',
    row: { proof: 'second', superseded: [FIRST] },
  },
  'begun anew': {
    sealed: textOf('1'),
    sid: 1,
    created: BEGIN + 1,
    row: { proof: 'second', superseded: [FIRST] },
  },
} satisfies Record<
  string,
  { sealed: string; sid?: number; subject?: string; created?: number; row?: Partial<Row> }
>

type Situation = keyof typeof STANDING

function standingAs(situation: Situation, before: Stored): Standing {
  const {
    sealed,
    sid = 0,
    subject = before.subject,
    created = BEGIN,
    row,
  } = STANDING[situation] as {
    sealed: string
    sid?: number
    subject?: string
    created?: number
    row?: Partial<Row>
  }
  const data = sealed === before.place.sealed ? { base: 1 } : { base: 1, theirs: 1 }
  const record = fieldsWith(data, subject, { sid: sidOf(sid), created, issued: BEGIN + 1 })
  return { sealed, record, row: { ...ROW, ...row } }
}

const planOf = (record: Plan['record']): Plan => ({ record, cookie: 'set', reason: 'changed' })
const NEW_SID = sidOf(9)

/** The possible actions of a request. */
const COMMITS: Readonly<
  Record<string, (before: Stored) => Partial<Commit> & Pick<Commit, 'plan' | 'after'>>
> = {
  'a change': ({ subject }) => ({
    plan: planOf('update'),
    after: fieldsWith({ base: 1, mine: 1 }, subject, { sid: sidOf(0) }),
  }),
  regenerate: ({ subject }) => ({
    plan: planOf('move'),
    after: fieldsWith({ base: 1, mine: 1 }, subject, { sid: NEW_SID }),
  }),
  'a login': ({ subject = 'alice' }) => ({
    plan: planOf('move'),
    after: fieldsWith({ base: 1, mine: 1 }, subject, { sid: NEW_SID }),
    isLogin: true,
  }),
  'a logout and another session': () => ({
    plan: planOf('move'),
    after: fieldsWith({ mine: 1 }, undefined, { sid: NEW_SID }),
    continues: false,
  }),
  emptying: ({ subject }) => ({
    plan: planOf('empty'),
    after: { ...fieldsWith({}, subject), text: EMPTY_TEXT },
  }),
  'an end': () => ({
    plan: planOf('delete'),
    after: { ...fieldsWith({}), text: EMPTY_TEXT },
    continues: false,
  }),
}

const RENEWAL: Renewal = { proof: () => 'proof of this request', order: 42 }

function next(kind: string, before: Stored, standing: Standing, change: Partial<Commit> = {}): Next<Verdict> {
  const { after, ...commit } = COMMITS[kind]?.(before) ?? { plan: planOf('update'), after: before }
  return nextOf(
    commitOf({ before, after, changes: mergedWith(after), ...commit, ...change }),
    before,
    standing,
    RENEWAL,
  )
}

/** In a word: the row keeps its cookie, gets a `new` one, ends, or is left alone. */
function inAWord(next: Next<Verdict>): string {
  if (next.do === 'stop') return next.verdict
  if (next.do === 'end') return 'end'
  return next.row.proof === 'proof of this request' ? 'new' : 'keep'
}

const ANONYMOUS: readonly (readonly [string, Readonly<Record<Situation, string>>])[] = [
  [
    'a change',
    {
      'as it was read': 'keep',
      written: 'keep',
      renewed: 'keep',
      'renewed four times': 'gone',
      'another subject’s': 'gone',
      'begun anew': 'gone',
    },
  ],
  [
    'regenerate',
    {
      'as it was read': 'new',
      written: 'new',
      renewed: 'keep',
      'renewed four times': 'gone',
      'another subject’s': 'gone',
      'begun anew': 'gone',
    },
  ],
  [
    'a login',
    {
      'as it was read': 'new',
      written: 'new',
      renewed: 'new',
      'renewed four times': 'new',
      'another subject’s': 'apart',
      'begun anew': 'apart',
    },
  ],
  [
    'a logout and another session',
    {
      'as it was read': 'new',
      written: 'new',
      renewed: 'new',
      'renewed four times': 'new',
      'another subject’s': 'apart',
      'begun anew': 'new',
    },
  ],
  [
    'emptying',
    {
      'as it was read': 'end',
      written: 'keep',
      renewed: 'keep',
      'renewed four times': 'gone',
      'another subject’s': 'gone',
      'begun anew': 'gone',
    },
  ],
  [
    'an end',
    {
      'as it was read': 'end',
      written: 'end',
      renewed: 'end',
      'renewed four times': 'end',
      'another subject’s': 'gone',
      'begun anew': 'end',
    },
  ],
]

describe.each([
  ['an anonymous session', undefined],
  ['a session of alice', 'alice'],
])('a commit into the row of %s', (_, subject) => {
  const cases = ANONYMOUS.flatMap(([kind, verdicts]) =>
    Object.entries(verdicts).map(([situation, verdict]) => [kind, situation as Situation, verdict] as const),
  )

  it.each(cases)('after %s, where the row is %s: %s', (kind, situation, verdict) => {
    const before = readAs(subject)
    const word = inAWord(next(kind, before, standingAs(situation, before)))
    expect(word).toBe(verdict)
  })
})

describe('a commit into a row as it was read', () => {
  const before = readAs(undefined)
  const standing = standingAs('as it was read', before)

  it('writes the request’s text without a merge', () => {
    const changes = new Proxy({} as Changes, {
      get: () => () => expect.unreachable('nothing is to be merged'),
    })
    expect(next('a change', before, standing, { changes })).toEqual({
      do: 'write',
      record: { ...fieldsWith({ base: 1, mine: 1 }), sid: sidOf(0) },
      row: { ...ROW, replaced: textId(standing.sealed) },
    })
  })

  it('remembers the cookie and the sid that a new one replaces', () => {
    expect(next('regenerate', before, standing, { at: BEGIN + 30 })).toEqual({
      do: 'write',
      record: expect.objectContaining({ sid: NEW_SID }) as SessionRecord,
      row: {
        proof: 'proof of this request',
        replaced: textId(standing.sealed),
        superseded: [{ ...FIRST, at: BEGIN + 30 }],
        order: 7,
      },
    })
  })

  it.each([
    ['a login', 42],
    ['regenerate', 7],
    ['a change', 7],
    ['a logout and another session', undefined],
  ])('gives %s the order %s among its subject’s logins', (kind, order) => {
    expect(next(kind, before, standing)).toMatchObject({ row: { order } })
  })

  it('forgets replaced texts if the last write is more than a minute ago', () => {
    const row = { ...ROW, replaced: 'aaaaaaaabbbbbbbb' }
    const replaced = (seconds: number): unknown => {
      const done = next('a change', before, { ...standing, row }, { at: standing.record.issued + seconds })
      return done.do === 'write' && done.row.replaced
    }
    expect(replaced(60)).toBe(`aaaaaaaabbbbbbbb${textId(standing.sealed)}`)
    expect(replaced(61)).toBe(textId(standing.sealed))
  })
})

describe('a commit into a row that another request has renewed', () => {
  const before = readAs(undefined)
  const standing = standingAs('renewed', before)

  it.each(['a change', 'regenerate'])('is merged and keeps that request’s cookie and sid: %s', (kind) => {
    expect(next(kind, before, standing)).toMatchObject({
      record: { sid: sidOf(1), text: '{"base":1,"theirs":1,"mine":1}' },
      row: { proof: 'second', superseded: [FIRST] },
    })
  })

  it('ends it if nothing is left of both', () => {
    const changes: Changes = { ...mergedWith(before), rebase: (theirs) => ({ ...theirs, text: EMPTY_TEXT }) }
    expect(next('a change', before, standing, { changes })).toEqual({ do: 'end' })
  })

  it.each(['a login', 'a logout and another session'])(
    'recognizes its own cookie there after a lost reply, and does not count it as superseded: %s',
    (kind) => {
      const theirs = standingAs('another subject’s', before)
      const own = { ...theirs, row: { ...theirs.row, proof: RENEWAL.proof() } }
      expect(next(kind, before, own)).toMatchObject({ row: { proof: RENEWAL.proof(), superseded: [FIRST] } })
    },
  )
})
