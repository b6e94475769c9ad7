import { describe } from 'vitest'
import { itReadsAll, itRefusesChanges, itWithstandsFuzzing } from './support.ts'

describe('a session of iron-session', () => {
  itReadsAll('iron-session')
  itRefusesChanges('iron-session', 'plain values')
  itWithstandsFuzzing('iron-session')
})
