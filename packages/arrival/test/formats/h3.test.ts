import { describe, expect, it } from 'vitest'
import { h3 } from '../../src/index.ts'
import { readVectors } from '../vectors/read.ts'
import { itReadsAll, itRefusesChanges, itWithstandsFuzzing } from './support.ts'
import { readersOf } from './targets.ts'

/** Without the rounds that cost two milliseconds for each value that nobody has sealed. */
const CHEAP = { rounds: [1] }

describe('a session of h3', () => {
  itReadsAll('h3')
  itRefusesChanges('h3', 'plain values, without an end', { otherKeys: CHEAP })
  itWithstandsFuzzing(() => readersOf('h3', CHEAP))

  it('is looked at fifty times in one second where its many rounds are tried, and as often as it comes where they are not', () => {
    const [{ now, vectors } = { now: 0, vectors: [] }] = readVectors('h3')
    const forged = vectors.find(({ name }) => name === 'another password')?.value ?? ''
    const password = 'a password of at least thirty-two characters'
    const seen = (rounds?: 1): unknown[] => {
      const arrival = h3({ password, rounds, until: '2036-01-01' })
      return Array.from({ length: 60 }, () => [...arrival.read(`h3=${forged}`, now)][0])
    }
    const refused = { refused: 'forged' }
    expect(seen()).toEqual([...Array(50).fill(refused), ...Array(10).fill({ refused: 'too_many' })])
    expect(seen(1)).toEqual(Array(60).fill(refused))
  })
})
