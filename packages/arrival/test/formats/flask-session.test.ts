import { describe } from 'vitest'
import { readFlaskSession, readFlaskSessionRecord } from '../../src/formats/flask-session.ts'
import { itReadsAll, itRefusesChanges } from './support.ts'

describe('the cookie of Flask-Session', () => {
  itReadsAll('flask-session', readFlaskSession)
  itRefusesChanges('flask-session', readFlaskSession, 'a signed id of 0.6 and newer')
})

describe('a record of Flask-Session', () => {
  itReadsAll(
    'flask-session-records',
    () => (hex, now) => readFlaskSessionRecord(Buffer.from(hex, 'hex'), now),
  )
})
