import { describe } from 'vitest'
import { itReadsAll, itRefusesChanges, itWithstandsFuzzing } from './support.ts'
import { readersOf } from './targets.ts'

describe.each(['auth-js', 'next-auth'])('a token of %s', (format) => {
  itReadsAll(format)
  itRefusesChanges(format, 'plain values')
  itWithstandsFuzzing(() => readersOf(format))
})
