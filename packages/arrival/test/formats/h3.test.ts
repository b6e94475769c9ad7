import { describe, expect, it } from 'vitest'
import { h3 } from '../../src/index.ts'
import { readVectors } from '../vectors/read.ts'
import { itReadsAll, itRefusesChanges, itWithstandsFuzzing } from './support.ts'
import { readersOf } from './targets.ts'

/** Without the many rounds, which cost two milliseconds for each invalid value. */
const CHEAP = { rounds: [1] }

describe('a session of h3', () => {
  itReadsAll('h3')
  itRefusesChanges('h3', 'plain values without an expiry', { otherKeys: CHEAP })
  itWithstandsFuzzing(() => readersOf('h3', CHEAP))

  it('is read at most a hundred times per second with the many rounds, and without a limit otherwise', () => {
    const [{ now, vectors } = { now: 0, vectors: [] }] = readVectors('h3')
    const forged = vectors.find(({ name }) => name === 'another password')?.value ?? ''
    const password = 'a password of at least thirty-two characters'
    const forgedOf110 = (rounds?: 1): number => {
      const arrival = h3({ password, rounds, until: '2036-01-01' })
      const seen = Array.from({ length: 110 }, () => [...arrival.read(`h3=${forged}`, now)])
      return seen.flat().filter((one) => 'refused' in one && one.refused === 'forged').length
    }
    expect(forgedOf110()).toBe(100)
    expect(forgedOf110(1)).toBe(110)
  })
})
