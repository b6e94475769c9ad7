import { channel, subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { STORE_CHANNEL, type StoreCall } from '../../src/base/events.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import type { Store } from '../../src/store/store.ts'
import { tracedStore } from '../../src/store/traced-store.ts'
import { rejectionOf } from '../support.ts'

const KEY = 'a'.repeat(32)
const SUBJECT = 'b'.repeat(32)
const RECORD = { text: 'canary-text', expiresAt: Date.now() + 60_000, subject: SUBJECT }

let told: string[] = []
let calls: StoreCall[] = []
const listener = {
  start: (message: unknown): void => tell('start', message as StoreCall),
  error: (message: unknown): void => tell('error', message as StoreCall),
  asyncEnd: (message: unknown): void => tell('asyncEnd', message as StoreCall),
}

function tell(part: string, call: StoreCall): void {
  const { operation, durationMs, errorType } = call
  told.push(
    [part, operation, durationMs === undefined ? '' : 'timed', errorType ?? ''].filter(Boolean).join(' '),
  )
  calls.push(call)
}

const listeners = Object.entries(listener).map(
  ([part, hear]) => [`tracing:${STORE_CHANNEL}:${part}`, hear] as const,
)
const stop = (): void => listeners.forEach(([channel, hear]) => unsubscribe(channel, hear))

beforeEach(() => {
  told = []
  calls = []
  for (const [channel, hear] of listeners) subscribe(channel, hear)
})
afterEach(stop)

/** A store that answers later, or that fails. */
function laterStore(work: (answer: () => unknown) => Promise<unknown>): Store {
  const store = memoryStore()
  return {
    ...store,
    read: async (key) => (await work(() => store.read(key))) as string | undefined,
    delete: async (key) => void (await work(() => store.delete(key))),
    async *bySubject() {
      yield (await work(() => [KEY, 'text'])) as [string, string]
    },
  }
}

const failing = (error: unknown): Store =>
  laterStore(async () => {
    throw error
  })

async function all(items: AsyncIterable<unknown> | undefined): Promise<number> {
  let count = 0
  for await (const item of items ?? []) count += Number(item !== undefined)
  return count
}

describe('the calls of a store', () => {
  it('are published at their start and their end, for a synchronous store', async () => {
    const store = tracedStore(memoryStore())
    void store.create(KEY, RECORD)
    expect(store.read(KEY)).toBe(RECORD.text)
    expect(store.replace(KEY, 'another', RECORD)).toBe(false)
    expect(await all(store.bySubject?.(SUBJECT))).toBe(1)
    await store.sweep?.(0)
    void store.delete(KEY)
    const operations = ['create', 'read', 'replace', 'by_subject', 'sweep', 'delete']
    expect(told).toEqual(operations.flatMap((name) => [`start ${name}`, `asyncEnd ${name} timed`]))
    expect(calls.every(({ system }) => system === 'memory')).toBe(true)
  })

  it('end when the promise of an asynchronous store is settled', async () => {
    const store = tracedStore(laterStore(async (answer) => answer()))
    const reading = store.read(KEY)
    expect(told).toEqual(['start read'])
    await reading
    expect(told).toEqual(['start read', 'asyncEnd read timed'])
    expect(calls[0]).toBe(calls[1])
  })

  it('end with the code or the class of the error, and never with its message', async () => {
    const coded = Object.assign(new Error('canary-message'), { code: 'ECONNREFUSED' })
    const strange = Object.assign(new Error('canary-message'), {
      code: 'canary message',
      name: 'canary name',
    })
    for (const error of [coded, new RangeError('canary-message'), strange, 'canary-text']) {
      expect(await rejectionOf(Promise.resolve(tracedStore(failing(error)).read(KEY)))).toBe(error)
      expect(await rejectionOf(all(tracedStore(failing(error)).bySubject?.(SUBJECT)))).toBe(error)
    }
    expect(told.filter((line) => line.startsWith('asyncEnd read'))).toEqual([
      'asyncEnd read timed ECONNREFUSED',
      'asyncEnd read timed RangeError',
      'asyncEnd read timed _OTHER',
      'asyncEnd read timed _OTHER',
    ])
    expect(told.filter((line) => line.startsWith('error read'))).toHaveLength(4)
    expect(told.filter((line) => line.startsWith('asyncEnd by_subject timed'))).toHaveLength(4)
    expect(JSON.stringify(calls)).not.toContain('canary')
  })

  it('throw synchronously if the store throws synchronously', () => {
    const store = tracedStore({
      ...memoryStore(),
      read: () => {
        throw new TypeError('canary-message')
      },
    })
    expect(() => store.read(KEY)).toThrow(TypeError)
    expect(told).toEqual(['start read', 'error read TypeError', 'asyncEnd read timed TypeError'])
  })

  it('of a list end when its consumer stops', async () => {
    const store = memoryStore()
    void store.create(KEY, RECORD)
    void store.create(SUBJECT, RECORD)
    for await (const item of tracedStore(store).bySubject?.(SUBJECT) ?? []) {
      expect(item).toHaveLength(2)
      break
    }
    expect(told).toEqual(['start by_subject', 'asyncEnd by_subject timed'])
  })

  it('contain no key, no text and no subject', async () => {
    const store = tracedStore(memoryStore())
    void store.create(KEY, RECORD)
    void store.read(KEY)
    await all(store.bySubject?.(SUBJECT))
    for (const hidden of [KEY, SUBJECT, RECORD.text]) expect(JSON.stringify(calls)).not.toContain(hidden)
  })

  it('are direct calls of the store, and not published, if there is no listener', async () => {
    stop()
    const answer = Promise.resolve('text')
    const store = tracedStore({ ...memoryStore(), read: () => answer })
    const read = store.read(KEY)
    // In workerd, a channel that once had a listener still claims to have one, so the call is published without listeners.
    const isQuiet = listeners.every(([name]) => !channel(name).hasSubscribers)
    if (isQuiet) expect(read).toBe(answer)
    expect(await read).toBe('text')
    expect(told).toEqual([])
  })

  it('are on the channels of a Node tracing channel', () => {
    const { start, asyncEnd } = tracingChannel(STORE_CHANNEL)
    let heard = 0
    const hear = (): void => void heard++
    for (const channel of [start, asyncEnd]) channel.subscribe(hear)
    void tracedStore(memoryStore()).read(KEY)
    for (const channel of [start, asyncEnd]) channel.unsubscribe(hear)
    expect(heard).toBe(2)
  })

  it('have no system if the store’s is not a valid name', async () => {
    for (const system of ['a password: canary', 7, undefined, 'x'.repeat(40)])
      void tracedStore({ ...memoryStore(), system: system as string }).read(KEY)
    expect(calls.every((call) => call.system === undefined)).toBe(true)
  })
})
