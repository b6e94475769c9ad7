import { randomBytes } from 'node:crypto'
import { reachRedis } from '@keepsake/test-services'
import { afterAll, describe, expect, it } from 'vitest'
import { isAffectedApp } from './apps.ts'
import { startServer } from './server.ts'

const redis = await reachRedis()
afterAll(() => redis?.stop())

const PROCESSES = 4
/** On a busy machine, a process may start after the others have served some pages. */
const MOST_VISITS = 2000
const SKU = 'moby-dick'

describe.skipIf(redis === undefined || !isAffectedApp('cluster'))('the cluster example', () => {
  it('shows the same cart from four processes behind one port', async () => {
    const secret = randomBytes(32).toString('base64url')
    const server = await startServer('cluster', { SESSION_SECRET: secret, REDIS_URL: redis?.url ?? '' })
    try {
      const body = new URLSearchParams({ sku: SKU })
      const added = await fetch(`${server.url}/cart/add`, { method: 'POST', body, redirect: 'manual' })
      const cookie = added.headers.getSetCookie()[0]?.split(';')[0] ?? ''
      const served = new Set<string | undefined>()
      for (let n = 0; n < MOST_VISITS && served.size < PROCESSES; n++) {
        const response = await fetch(`${server.url}/cart`, { headers: { cookie } })
        const page = await response.text()
        expect(page).toContain(SKU)
        expect(page).toMatch(/Process \d+ served this page[^]*<a href="\/cart">Reload the cart/)
        served.add(/process \d+/.exec(page)?.[0])
      }
      expect(served.size).toBe(PROCESSES)
    } finally {
      await server.stop()
    }
  })
})
