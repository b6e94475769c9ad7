import { createHash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { createSessions, memoryStore, type Store } from '@keepsake/core'
import { type Client, createClient } from '@keepsake/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { hosts } from '../src/hosts.ts'
import { serve } from '../src/server.ts'

type Data = Record<string, unknown>

const secretOf = (label: string): string => createHash('sha256').update(label).digest('base64url')
/** The secrets at each step of a rotation: the new one opens before it seals, and the old one is removed last. */
const STEPS = [['old'], ['old', 'new'], ['new', 'old'], ['new', 'other', 'old'], ['new', 'old'], ['new']]

const KINDS: readonly (readonly [string, () => { readonly store?: Store }])[] = [
  ['sealed', () => ({})],
  ['stored', () => ({ store: memoryStore() })],
]

/** Requests of each visitor per step, at least two; set ROUNDS for a long run. */
const ROUNDS = Math.max(2, Number(process.env['ROUNDS'] ?? 5))
/** Requests per second of all visitors together; by default each request follows the previous one immediately. */
const RATE = Number(process.env['RATE'] ?? Infinity)
/** With a rate there are more visitors, so that a slow response does not delay the next request. */
const VISITORS = RATE === Infinity ? 8 : 40
/** Requests of a step that still use the previous secrets: fewer than any visitor makes, so that all use the new ones. */
const CHANGE = Math.min(VISITORS / 2, ROUNDS - 1)

/** Lets callers through at `RATE` per second. */
function createPace(): () => Promise<void> {
  const begin = performance.now()
  let passed = 0
  return async () => {
    const due = begin + (passed++ * 1000) / RATE
    if (RATE !== Infinity) await setTimeout(due - performance.now())
  }
}

describe.each(KINDS)('secrets that change while requests go on, %s', (kind, keep) => {
  it.each(Object.keys(hosts))(
    'log nobody out until the secret that sealed their sessions is removed: %s',
    async (host) => {
      const kept = keep()
      const listenerWith = (labels: readonly string[]) =>
        hosts[host]?.(createSessions<Data>({ ...kept, secrets: labels.map(secretOf) }), (session) => {
          session['n'] = Number(session['n'] ?? 0) + 1
          return String(session['n'])
        })
      let arrived = 0
      let listener: ReturnType<typeof listenerWith>
      // The server keeps running: new secrets arrive during the first requests of each step.
      const { origin, close } = await serve((request, response) => {
        const [step, place] = [Math.floor(arrived / (ROUNDS * VISITORS)), arrived % (ROUNDS * VISITORS)]
        const ring = STEPS[step]
        if (ring !== undefined && place === (step === 0 ? 0 : CHANGE)) listener = listenerWith(ring)
        arrived++
        return listener?.(request, response)
      })
      onTestFinished(close)
      const visitors = Array.from({ length: VISITORS }, () => createClient(origin))
      onTestFinished(async () => void (await Promise.all(visitors.map((client) => client.close()))))
      const begin = performance.now()
      const turn = createPace()
      const counted = visitors.map((): number[] => [])
      const askOften = async (client: Client, at: number): Promise<void> => {
        for (let round = 0; round < ROUNDS; round++) {
          await turn()
          counted[at]?.push(Number((await client.request('/')).text))
        }
      }
      for (const _ of STEPS) await Promise.all(visitors.map(askOften))
      const everyNumber = Array.from({ length: STEPS.length * ROUNDS }, (_, at) => at + 1)
      expect(counted).toEqual(visitors.map(() => everyNumber))
      const seconds = (performance.now() - begin) / 1000
      if (RATE !== Infinity)
        console.log(
          `${kind}, ${host}: ${arrived} requests, ${(arrived / seconds).toFixed(1)} a second, no logout`,
        )
      listener = listenerWith(['stranger'])
      const [first] = visitors
      expect((await first?.request('/'))?.text).toBe('1')
    },
  )
})
