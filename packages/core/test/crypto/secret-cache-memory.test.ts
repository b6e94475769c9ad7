import { randomBytes } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { withTokenCache } from '../../src/crypto/token-cache.ts'
import { createCookieHashes } from '../../src/modes/store-cookie.ts'
import { createSealer } from '../../src/sealer.ts'
import { fieldsWith } from '../modes/stored.ts'
import { secretNamed, times } from '../store-support.ts'

/** The growth of the heap, in bytes, after `use` got many values that are slices of long headers. */
function growth(values: readonly string[], use: (value: string) => unknown): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  const before = process.memoryUsage().heapUsed
  for (const value of values) {
    const header = `${'x'.repeat(16_000)}=${Math.random()}; session=${value}`
    use(header.slice(-value.length))
  }
  collect()
  return process.memoryUsage().heapUsed - before
}

describe('a cache', () => {
  it('does not keep the header of a cached token in memory', () => {
    const others = createSealer({ secrets: [secretNamed('newest')], name: '__Host-session' })
    const sealer = withTokenCache(createSealer({ secrets: [secretNamed('newest')], name: '__Host-session' }))
    const tokens = times(2000, () => others.seal(fieldsWith({ n: 1 })))
    expect(growth(tokens, (token) => sealer.open(token))).toBeLessThan(8_000_000)
  })

  it('does not keep the header of a stored session’s cookie in memory', () => {
    const { keyOf } = createCookieHashes(Buffer.alloc(0))
    const cookies = times(2000, () => randomBytes(48).toString('base64url'))
    expect(growth(cookies, keyOf)).toBeLessThan(8_000_000)
  })
})
