import { describe, expect, it } from 'vitest'
import {
  deny,
  isRevokedBy,
  joined,
  type RevocationList,
  revocationListText,
  MAX_ENTRIES,
  NO_REVOCATIONS,
  pruned,
  readRevocationList,
  revokedAll,
  spare,
} from '../../src/subjects/revocation-list.ts'
import { times } from '../store-support.ts'

const NOW = 1_800_000_000
const LATER = NOW + 1000
const at = (sid: string, created: number) => ({ sid, created })

describe('a subject’s revocation list', () => {
  const all = revokedAll(NO_REVOCATIONS, [['mine', LATER]], NOW)

  it.each<[string, RevocationList, string, number, boolean]>([
    ['nothing', NO_REVOCATIONS, 'a', NOW, false],
    ['all, before it', all, 'a', NOW - 1, true],
    ['all, in the same second', all, 'a', NOW, true],
    ['all, by a clock that is a minute ahead', all, 'a', NOW + 60, true],
    ['all, and it began later', all, 'a', NOW + 61, false],
    ['all, and it is spared', all, 'mine', NOW, false],
    ['all, and it was taken in since', spare(all, ['new', LATER]), 'new', NOW, false],
    ['it alone', deny(NO_REVOCATIONS, ['a', LATER], NOW), 'a', NOW, true],
    ['another one', deny(NO_REVOCATIONS, ['b', LATER], NOW), 'a', NOW, false],
    ['it alone, even if it had been spared', deny(all, ['mine', LATER], NOW), 'mine', NOW, true],
  ])('of %s', (_, list, sid, created, expected) => {
    expect(isRevokedBy(list, at(sid, created))).toBe(expected)
  })

  it('never goes back in time', () => {
    expect(revokedAll(all, [], NOW - 30).notBefore).toBe(all.notBefore)
  })

  it('is limited in size, and ends more sessions beyond its limit, not fewer', () => {
    const many = times(MAX_ENTRIES + 5, (n): readonly [string, number] => [`s${n}`, LATER])
    const spared = many.reduce((list, entry) => spare(list, entry), all)
    expect(spared.spared).toHaveLength(MAX_ENTRIES)
    expect([isRevokedBy(spared, at('s0', NOW)), isRevokedBy(spared, at(`s${MAX_ENTRIES}`, NOW))]).toEqual([
      true,
      false,
    ])
    const denied = many.reduce((list, entry) => deny(list, entry, NOW), NO_REVOCATIONS)
    expect(isRevokedBy(denied, at('anybody', NOW))).toBe(true)
    for (const [sid] of many) expect(isRevokedBy(denied, at(sid, NOW))).toBe(true)
    const largest = {
      ...spared,
      denied: many.slice(0, MAX_ENTRIES).map(([, until]) => ['x'.repeat(22), until] as const),
    }
    const full = { ...largest, spared: largest.denied }
    expect(revocationListText(full).length).toBeLessThan(65_536)
  })

  it('forgets sids without valid tokens', () => {
    const list = {
      notBefore: NOW,
      spared: [
        ['a', NOW],
        ['b', NOW + 1],
      ],
      denied: [['c', NOW]],
    } as const
    expect(pruned(list, NOW)).toEqual({ notBefore: NOW, spared: [['b', NOW + 1]], denied: [] })
  })

  it('written under two secrets has the latest revocation of all, and every single one', () => {
    const early = { notBefore: NOW, spared: [['old', LATER]], denied: [['x', LATER]] } as const
    const late = { notBefore: NOW + 9, spared: [['new', LATER]], denied: [['y', LATER]] } as const
    expect(joined([early, late])).toEqual({
      notBefore: NOW + 9,
      spared: [['new', LATER]],
      denied: [
        ['x', LATER],
        ['y', LATER],
      ],
    })
    expect(joined([])).toEqual(NO_REVOCATIONS)
  })

  it('is read back from its text, and from no other', () => {
    expect(readRevocationList(revocationListText(all))).toEqual(all)
    expect(() => readRevocationList('["denied",null]')).toThrow(TypeError)
  })
})
