import { describe } from 'vitest'
import { type AuthJsKeys, readAuthJs, readNextAuth } from '../../src/formats/auth-js.ts'
import { itReadsAll, itRefusesChanges } from './support.ts'

describe('a token of Auth.js', () => {
  itReadsAll<AuthJsKeys>('auth-js', readAuthJs)
  itRefusesChanges<AuthJsKeys>('auth-js', readAuthJs, 'plain values')
})

describe('a token of next-auth', () => {
  itReadsAll<AuthJsKeys>('next-auth', readNextAuth)
  itRefusesChanges<AuthJsKeys>('next-auth', readNextAuth, 'plain values')
})
