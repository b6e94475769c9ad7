import { describe } from 'vitest'
import { readRails } from '../../src/formats/rails.ts'
import { itReadsAll, itRefusesChanges } from './support.ts'

describe('a session of Rails', () => {
  itReadsAll('rails', readRails)
  itRefusesChanges('rails', readRails, 'plain values')
})
