import { describe } from 'vitest'
import { itReadsAll, itRefusesChanges, itWithstandsFuzzing } from './support.ts'
import { readersOf } from './targets.ts'

describe('a session of @fastify/secure-session', () => {
  itReadsAll('secure-session')
  itRefusesChanges('secure-session', 'plain values')
  itWithstandsFuzzing(() => readersOf('secure-session'))
})
