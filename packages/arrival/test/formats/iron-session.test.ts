import { describe } from 'vitest'
import { itReadsAll, itRefusesChanges, itWithstandsFuzzing } from './support.ts'
import { readersOf } from './targets.ts'

describe('a session of iron-session', () => {
  itReadsAll('iron-session')
  itRefusesChanges('iron-session', 'plain values', { spelling: (value) => value.replace(/~.*/s, '') })
  itWithstandsFuzzing(() => readersOf('iron-session'))
})
