import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { withTokenCache } from '../../src/crypto/token-cache.ts'
import { createSealer } from '../../src/sealer.ts'
import type { SealedFields } from '../../src/crypto/token.ts'
import { secretNamed, times } from '../store-support.ts'

const FIELDS: SealedFields = {
  created: 1_800_000_000,
  issued: 1_800_000_000,
  expires: 1_800_003_600,
  permanent: false,
  sid: Buffer.alloc(16, 7),
  text: '{"n":1}',
}

it('a caching sealer does not keep the header of a cached token in memory', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const others = createSealer({ secrets: [secretNamed('newest')], name: '__Host-session' })
  const sealer = withTokenCache(createSealer({ secrets: [secretNamed('newest')], name: '__Host-session' }))
  collect()
  const before = process.memoryUsage().heapUsed
  for (const token of times(2000, () => others.seal(FIELDS))) {
    const header = `${'x'.repeat(16_000)}=${Math.random()}; session=${token}`
    sealer.open(header.slice(-token.length))
  }
  collect()
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(8_000_000)
})
