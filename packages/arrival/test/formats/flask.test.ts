import { describe } from 'vitest'
import { itReadsAll, itRefusesChanges, itWithstandsFuzzing } from './support.ts'
import { readersOf } from './targets.ts'

describe('a session of Flask', () => {
  itReadsAll('flask')
  itRefusesChanges('flask', 'plain values')
  itWithstandsFuzzing(() => readersOf('flask'))
})
