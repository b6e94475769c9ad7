import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFlash, encodeFlash, type FlashMessage, mergeFlash, takeFlash } from '../../src/record/flash.ts'
import { anyText } from './texts.ts'

const messageOf = (id: string): FlashMessage => ({ id, category: `of ${id}`, message: `message ${id}` })
const lettersOf = (text: string): string[] => text.split('')
const list = (ids: string): FlashMessage[] => lettersOf(ids).map(messageOf)
const idsIn = (messages: readonly FlashMessage[]): string => messages.map(({ id }) => id).join('')

/** The earlier messages, and for each of two requests those that it has kept and added. */
const changes = fc
  .record({
    base: fc.uniqueArray(fc.constantFrom(...lettersOf('abcdef'))),
    keepMine: fc.func(fc.boolean()),
    keepTheirs: fc.func(fc.boolean()),
    mine: fc.uniqueArray(fc.constantFrom(...lettersOf('mno'))),
    theirs: fc.uniqueArray(fc.constantFrom(...lettersOf('tuv'))),
  })
  .map(({ base, keepMine, keepTheirs, mine, theirs }) => ({
    base: list(base.join('')),
    mine: list([...base.filter((id) => keepMine(id)), ...mine].join('')),
    theirs: list([...base.filter((id) => keepTheirs(id)), ...theirs].join('')),
  }))

describe('messages that two requests have changed', () => {
  it.each([
    ['neither', 'ab', 'ab', 'ab', 'ab'],
    ['only mine', 'ab', 'bm', 'ab', 'bm'],
    ['only theirs', 'ab', 'ab', 'bt', 'bt'],
    ['both added', 'a', 'am', 'at', 'atm'],
    ['mine took, theirs added', 'ab', 'b', 'abt', 'bt'],
    ['theirs took, mine added', 'ab', 'abm', 'b', 'bm'],
    ['each took another one', 'ab', 'a', 'b', ''],
    ['both took the same one', 'abc', 'bcm', 'bct', 'bctm'],
    ['both took all', 'ab', '', '', ''],
    ['my own write, under theirs', 'a', 'am', 'amt', 'amt'],
  ])('%s', (_, base, mine, theirs, merged) => {
    expect(idsIn(mergeFlash(list(base), list(mine), list(theirs)))).toBe(merged)
  })

  it('keep both requests’ additions once, and nothing that either has taken, in either order', () => {
    fc.assert(
      fc.property(changes, ({ base, mine, theirs }) => {
        const [was, my, their] = [idsIn(base), idsIn(mine), idsIn(theirs)]
        const expected = [...new Set(lettersOf(was + my + their))].filter(
          (id) => !was.includes(id) || (my.includes(id) && their.includes(id)),
        )
        const sorted = (messages: readonly FlashMessage[]): string[] => lettersOf(idsIn(messages)).toSorted()
        expect(sorted(mergeFlash(base, mine, theirs))).toEqual(expected.toSorted())
        expect(sorted(mergeFlash(base, theirs, mine))).toEqual(expected.toSorted())
      }),
    )
  })
})

describe('taking messages', () => {
  const [saved, failed, sent] = [
    { id: '1', category: 'info', message: 'Saved' },
    { id: '2', category: 'error', message: 'Failed' },
    { id: '3', category: 'info', message: 'Sent' },
  ] as const

  it('returns those of a category, oldest first, and keeps the others', () => {
    expect(takeFlash([saved, failed, sent], 'info')).toEqual({ taken: [saved, sent], left: [failed] })
    expect(takeFlash([saved, failed, sent], 'none')).toEqual({ taken: [], left: [saved, failed, sent] })
  })

  it('returns all without a category', () => {
    expect(takeFlash([saved, failed], undefined)).toEqual({ taken: [saved, failed], left: [] })
  })
})

describe('messages as JSON', () => {
  it('are read back', () => {
    const message = fc.record({ id: anyText(), category: anyText(), message: anyText() })
    fc.assert(
      fc.property(fc.array(message), (messages) => {
        expect(decodeFlash(JSON.parse(JSON.stringify(encodeFlash(messages))))).toEqual(messages)
      }),
    )
  })

  it.each([[null], ['text'], [{}], [[1]], [[['a', 'b']]], [[['a', 'b', 'c', 'd']]], [[['a', 'b', 3]]]])(
    'are not %j',
    (json) => {
      expect(decodeFlash(json)).toBeUndefined()
    },
  )
})
