import { describe } from 'vitest'
import { itReadsAll, itRefusesChanges, itWithstandsFuzzing } from './support.ts'
import { readersOf } from './targets.ts'

/** Without the rounds that cost two milliseconds for each value that nobody has sealed. */
const CHEAP = { rounds: [1] }

describe('a session of h3', () => {
  itReadsAll('h3')
  itRefusesChanges('h3', 'plain values, without an end', CHEAP)
  itWithstandsFuzzing(() => readersOf('h3', CHEAP))
})
