import { describe } from 'vitest'
import { itReadsAll, itRefusesChanges, itWithstandsFuzzing } from './support.ts'
import { readersOf } from './targets.ts'

describe('a session of Rails', () => {
  itReadsAll('rails')
  itRefusesChanges('rails', 'plain values', { spelling: decodeURIComponent })
  itWithstandsFuzzing(() => readersOf('rails'))
})
