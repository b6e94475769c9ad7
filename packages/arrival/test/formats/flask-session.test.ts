import { describe } from 'vitest'
import { readFlaskSession, readFlaskSessionRecord } from '../../src/formats/flask-session.ts'
import { itReadsAll, itRefusesChanges } from './support.ts'

describe('the cookie of Flask-Session', () => {
  itReadsAll('flask-session', readFlaskSession)
  itRefusesChanges('flask-session', readFlaskSession, 'a signed id')
})

describe('a record of Flask-Session', () => {
  itReadsAll(
    'flask-session-records',
    () => (base64, now) => readFlaskSessionRecord(Buffer.from(base64, 'base64'), now),
  )
})
