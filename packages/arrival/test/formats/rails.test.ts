import { describe } from 'vitest'
import { itReadsAll, itRefusesChanges, itWithstandsFuzzing } from './support.ts'

describe('a session of Rails', () => {
  itReadsAll('rails')
  itRefusesChanges('rails', 'plain values')
  itWithstandsFuzzing('rails')
})
