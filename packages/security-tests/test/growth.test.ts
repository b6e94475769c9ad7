import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createSessions } from '@keepsake/core'
import { createClient } from '@keepsake/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { hosts } from '../src/hosts.ts'
import { serve } from '../src/server.ts'

/** Requests of each kind; `docs/security.md` refers to a run with 1,000,000. */
const REQUESTS = Number(process.env['REQUESTS'] ?? 5000)
const MAX_GROWTH_BYTES = 20_000_000

interface Growth {
  readonly kind: string
  readonly rss: number
  readonly heap: number
  readonly records: number
  readonly calls: number
}

const CHILD = fileURLToPath(new URL('growing.ts', import.meta.url))

async function growthsOf(mode: string, kinds: readonly string[]): Promise<Growth[]> {
  const flags = ['--expose-gc', '--conditions=@keepsake/source', CHILD]
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, mode, String(REQUESTS), ...kinds])
  const growths = JSON.parse(stdout) as Growth[]
  if (REQUESTS >= 100_000) console.log(`${REQUESTS} requests of each kind, ${mode}:`, growths)
  return growths
}

describe('a process that serves many requests (R29, R67)', () => {
  it.each([
    ['cookie', { anonymous: 0, forged: 0, 'unknown key': 0, reading: 0, writing: 0 }, 0],
    // A value without the format of such a cookie is not looked up. A forged one has the locator of a row, and another verifier.
    ['store', { anonymous: 0, forged: REQUESTS, 'unknown key': 0, 'unknown row': REQUESTS }, 1],
  ])('does not grow, and makes no needless store calls: %s', async (mode, calls, records) => {
    const growths = await growthsOf(mode, Object.keys(calls))
    expect(Object.fromEntries(growths.map((growth) => [growth.kind, growth.calls]))).toEqual(calls)
    for (const growth of growths) {
      expect(growth.records).toBe(records)
      expect(growth.heap).toBeLessThan(MAX_GROWTH_BYTES)
      // If a process creates many objects, V8 enlarges its memory and keeps it, even if the heap does not grow.
      if (growth.kind !== 'writing') expect(growth.rss).toBeLessThan(MAX_GROWTH_BYTES)
    }
  })

  it.each(Object.keys(hosts))('leaks no listener on a connection: %s', async (host) => {
    const warnings: Error[] = []
    // These servers also print one warning that they use plain http.
    const note = (warning: Error): void => {
      if (warning.name === 'MaxListenersExceededWarning') warnings.push(warning)
    }
    process.on('warning', note)
    onTestFinished(() => void process.off('warning', note))
    const sessions = createSessions({ secrets: ['pV3xkQ7mT1zL9wR5yB2nC8dF4gH6jK0s'] })
    const listener = hosts[host]?.(sessions, (session) =>
      String((session['n'] = Number(session['n'] ?? 0) + 1)),
    )
    const counts = new Set<number>()
    const { origin, close } = await serve((request, response) => {
      const { socket } = request
      counts.add(socket.eventNames().reduce((sum, name) => sum + socket.listenerCount(name), 0))
      listener?.(request, response)
    })
    onTestFinished(close)
    const client = createClient(origin)
    onTestFinished(() => client.close())
    const rounds = Math.min(100_000, REQUESTS / 10)
    for (let round = 1; round <= rounds; round++) expect((await client.request('/')).text).toBe(String(round))
    // The first request of a connection may see fewer listeners than the later ones.
    expect(counts.size).toBeLessThanOrEqual(2)
    expect(warnings).toEqual([])
  })
})
