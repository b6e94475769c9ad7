import { describe } from 'vitest'
import { itReadsAll, itRefusesChanges, itWithstandsFuzzing } from './support.ts'
import { readersOf } from './targets.ts'

describe('the cookie of Flask-Session', () => {
  itReadsAll('flask-session')
  itRefusesChanges('flask-session', 'a signed id')
  itWithstandsFuzzing(() => readersOf('flask-session'))
})

describe('a record of Flask-Session', () => {
  itReadsAll('flask-session-records')
  itWithstandsFuzzing(() => readersOf('flask-session-records'))
})
