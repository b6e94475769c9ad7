import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  readRow,
  replacedBy,
  type Row,
  type RowText,
  supersededBy,
  textId,
  writeRow,
} from '../../src/store/row.ts'
import { MAX_TIME } from '../../src/base/time.ts'
import { fieldsWith, keysOf } from '../modes/stored.ts'
import { times } from '../store-support.ts'
import { anyText } from '../record/texts.ts'

/** Bytes in base64url. */
const bytes = (length: number): fc.Arbitrary<string> =>
  fc
    .uint8Array({ minLength: length, maxLength: length })
    .map((array) => Buffer.from(array).toString('base64url'))

const superseded = fc.record({ proof: bytes(16), sid: bytes(16), at: fc.nat(MAX_TIME) })

const anyRow: fc.Arbitrary<RowText> = fc.record({
  proof: bytes(16),
  replaced: fc.array(bytes(6), { maxLength: 4 }).map((ids) => ids.join('')),
  superseded: fc.array(superseded, { maxLength: 3 }),
  order: fc.option(fc.nat(Number.MAX_SAFE_INTEGER), { nil: undefined }),
  text: anyText(),
})

const PROOF = 'p'.repeat(22)
const SID = 's'.repeat(22)
const ROW: Row = { proof: PROOF, replaced: '', superseded: [], order: undefined }

describe('a row as text', () => {
  it('is read back unchanged, whatever its record contains', () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        expect(readRow(writeRow(row, row.text))).toEqual(row)
      }),
    )
  })

  it.each<[string, Partial<Row>, string]>([
    ['that was just created', {}, `${PROOF}\n{}`],
    ['that was written twice', { replaced: 'aaaaaaaabbbbbbbb' }, `${PROOF}aaaaaaaabbbbbbbb\n{}`],
    [
      'that was renewed',
      { superseded: [{ proof: PROOF, sid: SID, at: 1_800_000_000 }] },
      `${PROOF}.${PROOF}${SID}00tro8w0.\n{}`,
    ],
    ['of a login that a cap counts', { order: 35 }, `${PROOF}..z\n{}`],
  ])('has a format that a new release must not change: one %s', (_, change, text) => {
    expect(writeRow({ ...ROW, ...change }, '{}')).toBe(text)
  })

  it.each([
    ['', 'nothing'],
    ['{}', 'a record without a head'],
    [`${PROOF}{}`, 'a head without an end'],
    [`\n{}`, 'no proof'],
    [`${PROOF.slice(1)}\n{}`, 'a proof that is too short'],
    [`${PROOF.slice(1)}=\n{}`, 'a proof that is not base64url'],
    [`${PROOF}aaaaaaa\n{}`, 'a cut id'],
    [`${PROOF}${'a'.repeat(40)}\n{}`, 'five ids'],
    [`${PROOF}.${PROOF}${SID}\n{}`, 'a superseded cookie without its time'],
    [`${PROOF}.${PROOF}${SID}00tro8w0\n{}`, 'no place for the order'],
    [`${PROOF}.${`${PROOF}${SID}00tro8w0`.repeat(4)}.\n{}`, 'four superseded cookies'],
    [`${PROOF}..Z\n{}`, 'an order in capitals'],
    [`${PROOF}..1.\n{}`, 'more than there is'],
    [`${PROOF}\r\n{}`, 'another end of the line'],
    [`{"a":1}\n${PROOF}\n{}`, 'something before the head'],
  ])('cannot be %j: %s', (text) => {
    expect(readRow(text)).toBeUndefined()
  })
})

describe('the id of a text', () => {
  it('differs for each seal of the same record', () => {
    const sealer = keysOf().sealer('store')
    const ids = times(2000, () => textId(sealer.seal(fieldsWith({ a: 1 }), 'key')))
    for (const id of ids) expect(id).toMatch(/^[\w-]{8}$/)
    expect(new Set(ids).size).toBe(2000)
  })
})

const textOf = (id: string): string => 'x'.repeat(36) + id.repeat(8)

describe('the history of a row', () => {
  it('has the ids of the last four texts', () => {
    let row = ROW
    for (const id of 'abcdef') row = { ...row, replaced: replacedBy(row, textOf(id), false) }
    expect(row.replaced).toBe('ccccccccddddddddeeeeeeeeffffffff')
  })

  it('has only the last id if the text is old', () => {
    const row = { ...ROW, replaced: 'aaaaaaaabbbbbbbb' }
    expect(replacedBy(row, textOf('c'), true)).toBe('cccccccc')
  })

  it('has the last three cookies before the current one', () => {
    let row = ROW
    for (const [at, proof] of ['a', 'b', 'c', 'd', 'e'].entries())
      row = { ...row, proof, superseded: supersededBy(row, `sid ${row.proof}`, at) }
    expect([row.proof, row.superseded]).toEqual([
      'e',
      [
        { proof: 'b', sid: 'sid b', at: 2 },
        { proof: 'c', sid: 'sid c', at: 3 },
        { proof: 'd', sid: 'sid d', at: 4 },
      ],
    ])
  })
})
