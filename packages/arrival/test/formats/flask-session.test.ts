import { describe } from 'vitest'
import { itReadsAll, itRefusesChanges, itWithstandsFuzzing } from './support.ts'

describe('the cookie of Flask-Session', () => {
  itReadsAll('flask-session')
  itRefusesChanges('flask-session', 'a signed id')
  itWithstandsFuzzing('flask-session')
})

describe('a record of Flask-Session', () => {
  itReadsAll('flask-session-records')
  itWithstandsFuzzing('flask-session-records')
})
