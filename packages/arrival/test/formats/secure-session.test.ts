import { describe } from 'vitest'
import { readSecureSession, SECURE_SESSION_DEFAULTS } from '../../src/formats/secure-session.ts'
import { itReadsAll, itRefusesChanges } from './support.ts'

interface Keys {
  readonly keys: readonly string[]
  readonly expiry?: number
}

const readerFor = ({ keys, expiry = SECURE_SESSION_DEFAULTS.expiry }: Keys) =>
  readSecureSession({ keys: keys.map((key) => Buffer.from(key, 'base64')), expiry })

describe('a session of @fastify/secure-session', () => {
  itReadsAll('secure-session', readerFor)
  itRefusesChanges('secure-session', readerFor, 'plain values')
})
