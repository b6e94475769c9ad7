import { describe } from 'vitest'
import { itReadsAll, itRefusesChanges, itWithstandsFuzzing } from './support.ts'
import { readersOf } from './targets.ts'

describe('a session of @fastify/secure-session', () => {
  itReadsAll('secure-session')
  itRefusesChanges('secure-session', 'plain values', {
    spelling: (value) => decodeURIComponent(value).replace(/\..*/s, ''),
  })
  itWithstandsFuzzing(() => readersOf('secure-session'))
})
