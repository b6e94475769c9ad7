import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Store } from '@keepsake/core'
import { type MaybePromise, revisionOf } from '@keepsake/core/store'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Job } from './child.ts'
import { createRandom, numberFrom, type Random } from './store-random.ts'
import { look, newSecret, openShop, visit } from './store-requests.ts'
import { newKey } from './store-keys.ts'
import { nextTurn } from './store-pass.ts'
import { need, PATIENCE_MS } from './store-stage.ts'
import { isWhole, makeText } from './store-writer.ts'

/** Storage on a disk that processes share. */
export interface ProcessPlace {
  /** The child's argument to find it. */
  readonly place: string
  /** This process's client of it. */
  readonly store: Store
  /** The separate directory of the storage; a small disk can replace it. */
  readonly directory?: string
  /** Leftovers of a crash that a sweep should have deleted; empty if none. */
  leftovers?(): MaybePromise<readonly string[]>
  remove?(): MaybePromise<void>
}

const REQUESTS = 200
const DEFAULT_CRASHES = 100
const HOUR_MS = 3_600_000

/**
 * Tests the promises of a store on disk to several processes, also when one of them is killed in the middle of a
 * write. `child` is a module that calls `runStoreChild` of `@keepsake/testing/child`. `CRASHES=1000` kills 1,000 times
 * instead of the default of 100.
 */
export function storeProcessSuite(
  name: string,
  child: URL,
  makePlace: () => MaybePromise<ProcessPlace>,
): void {
  const stage = async (): Promise<ProcessPlace> => {
    const place = await makePlace()
    onTestFinished(async () => {
      await place.store.close?.()
      await place.remove?.()
    })
    return place
  }

  describe(`${name}, in several processes`, () => {
    it(
      `keeps every item that ${REQUESTS} requests push into one cart`,
      { timeout: PATIENCE_MS },
      async () => {
        const { place, store } = await stage()
        const secret = newSecret()
        const sessions = openShop(store, secret, Date.now)
        const cookie = (await visit(sessions, undefined, (session) => (session.note = 'begun'))) ?? ''
        const [first, second] = await Promise.all(
          [0, 1].map(() => serve(child, { kind: 'serve', place, secret })),
        )
        const statuses = await Promise.all(
          Array.from({ length: REQUESTS }, async (_, n) => {
            const url = `http://127.0.0.1:${n % 2 === 0 ? first : second}/item-${n}`
            const { status } = await fetch(url, { method: 'POST', headers: { cookie } })
            return status
          }),
        )
        expect(new Set(statuses)).toEqual(new Set([200]))
        const items = (await look(sessions, cookie))?.items ?? []
        expect(items).toHaveLength(REQUESTS)
        expect(new Set(items).size).toBe(REQUESTS)
      },
    )

    const crashes = numberFrom('CRASHES', DEFAULT_CRASHES)
    it(
      `keeps either the old record or the new one after each of ${crashes} kills`,
      { timeout: PATIENCE_MS + crashes * 1000 },
      async () => {
        const place = await stage()
        const random = createRandom(numberFrom('SEED', Date.now() % 2 ** 31))
        const shared = newKey()
        await place.store.create(shared, {
          text: makeText('shared', 10),
          expiresAt: Date.now() + 24 * HOUR_MS,
        })
        let left = crashes
        const killInTurn = async (): Promise<void> => {
          const keys = [newKey(), newKey()]
          while (left-- > 0) await killOnce(child, place, { keys, shared }, random)
        }
        // Two at a time, so that the surviving process finds the locks that the other one left behind.
        await Promise.all([killInTurn(), killInTurn()])
        await place.store.sweep?.(Date.now())
        expect((await place.leftovers?.()) ?? []).toEqual([])
      },
    )

    it('keeps its records when the disk is full or read-only', { timeout: PATIENCE_MS }, async (context) => {
      const { place, directory } = await stage()
      context.skip(!canMount(), 'no separate disk can be mounted here')
      need(context, { directory }, 'directory')
      const { lines } = start(child, { kind: 'disk', place, directory: directory ?? '' }, PRIVATE_MOUNTS)
      const said: string[] = []
      for await (const line of lines) said.push(line)
      expect(said).toEqual(['fine'])
    })
  })
}

/** Runs a command in a namespace where its mounts are invisible to other processes. */
const PRIVATE_MOUNTS = ['unshare', '--map-root-user', '--mount'] as const

function canMount(): boolean {
  const [command, ...options] = PRIVATE_MOUNTS
  return spawnSync(command, [...options, 'mount', '--version']).status === 0
}

/** Starts a process with one server of the shop, and returns its port. */
async function serve(child: URL, job: Job): Promise<number> {
  const { process, lines } = start(child, job)
  onTestFinished(async () => {
    const isOver = once(process, 'exit')
    process.stdin?.end()
    await isOver
  })
  for await (const line of lines) return Number(line)
  throw new Error('the server did not start')
}

interface Keys {
  readonly keys: readonly string[]
  readonly shared: string
}

/** Lets a process write, kills it at a random moment, and checks the data. */
async function killOnce(
  child: URL,
  { place, store }: ProcessPlace,
  { keys, shared }: Keys,
  random: Random,
): Promise<void> {
  const allowed = await Promise.all(keys.map(async (key) => [serialOf(await store.read(key))]))
  const { process, lines } = start(child, { kind: 'write', place, keys, shared })
  const killAt = 1 + random.below(24)
  const turns = random.below(40)
  const isOver = once(process, 'exit')
  let begun = 0
  let seen = 0
  for await (const line of lines) {
    const [word, number = '', serial = ''] = line.split(' ')
    expect(word).not.toBe('gap')
    if (word === 'begin') allowed[(begun = Number(number))]?.push(serial)
    if (word === 'done') allowed[begun]?.splice(0, (allowed[begun]?.length ?? 1) - 1)
    if (++seen === killAt) void killAfter(process, turns)
  }
  expect(await isOver).toEqual([null, 'SIGKILL'])
  for (const [number, key] of keys.entries()) {
    const text = await store.read(key)
    expect(allowed[number]).toContain(serialOf(text))
    const next = { text: makeText(`after-${number}`, 100), expiresAt: Date.now() + HOUR_MS }
    expect(
      text === undefined ? await store.create(key, next) : await store.replace(key, revisionOf(text), next),
    ).toBe(true)
    expect(await store.read(key)).toBe(next.text)
  }
  expect(serialOf(await store.read(shared))).not.toBe('-')
}

/** The content of a key as the journal names it. The journal never contains an incomplete text. */
function serialOf(text: string | undefined): string {
  if (text === undefined) return '-'
  return isWhole(text) ? text.slice(0, text.indexOf(':')) : `broken: ${text.slice(0, 40)}`
}

/** Kills a few turns of the event loop later, so that it may hit any moment of a write. */
async function killAfter(process: ChildProcess, turns: number): Promise<void> {
  for (let n = 0; n < turns; n++) await nextTurn()
  process.kill('SIGKILL')
}

/** Starts a process, and returns the lines that it writes until its end. */
function start(child: URL, job: Job, around: readonly string[] = []) {
  const script = [fileURLToPath(child), JSON.stringify(job)]
  const [command = '', ...words] = [...around, process.execPath, '--conditions=@keepsake/source', ...script]
  const started = spawn(command, words, {
    stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
    // Compiling takes most of a short process's time.
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'keepsake-compile-cache') },
  })
  return { process: started, lines: createInterface({ input: started.stdio[3] as Readable }) }
}
