import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { expect, it, vi } from 'vitest'
import { createCsrf } from '../../src/guard/csrf.ts'
import { keysOf } from '../modes/stored.ts'

const [ALICE, BOB] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2)]

it('a token against forged requests is compared in constant time', () => {
  const { csrfKeys, fillRandom } = keysOf()
  const csrf = createCsrf(csrfKeys, fillRandom)
  const compare = vi.spyOn(crypto, 'timingSafeEqual')
  syncBuiltinESMExports()
  try {
    csrf.isTokenFor(BOB, csrf.tokenFor(ALICE))
    csrf.isTokenFor(ALICE, 'A'.repeat(64))
    expect(compare).toHaveBeenCalledTimes(2)
  } finally {
    compare.mockRestore()
    syncBuiltinESMExports()
  }
})
