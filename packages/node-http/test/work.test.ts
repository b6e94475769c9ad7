import { createSessions, memoryStore, type Sessions, type Store } from '@keepsake/core'
import { createClient } from '@keepsake/testing'
import crypto from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener, ServerResponse } from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type AdapterVisit, type Attachment, openVisit } from '@keepsake/core/adapter'
import { attach } from '../src/index.ts'

/*
 * The work that a session adds to a request, counted instead of timed: a higher count means a slower request,
 * on every machine and in every run.
 */

interface Shop {
  visits: number
}

const SECRETS = [crypto.randomBytes(32)]
const store = memoryStore()
const counted = {
  seals: vi.spyOn(crypto, 'createCipheriv'),
  opens: vi.spyOn(crypto, 'createDecipheriv'),
  parses: vi.spyOn(JSON, 'parse'),
  stringifies: vi.spyOn(JSON, 'stringify'),
  headers: vi.spyOn(ServerResponse.prototype, 'setHeader'),
  lists: vi.spyOn(ServerResponse.prototype, 'getHeaderNames'),
  reads: vi.fn(store.read),
  creates: vi.fn(store.create),
  replaces: vi.fn(store.replace),
  deletes: vi.fn(store.delete),
}
const countingStore: Store = {
  read: counted.reads,
  create: counted.creates,
  replace: counted.replaces,
  delete: counted.deletes,
}

beforeAll(() => syncBuiltinESMExports())

afterAll(() => {
  vi.restoreAllMocks()
  syncBuiltinESMExports()
})

const USES = {
  untouched: () => undefined,
  read: ({ session }) => void session.visits,
  write: ({ session }) => void (session.visits = (session.visits ?? 0) + 1),
} satisfies Record<string, (attached: Attachment<Shop>) => void>

type Use = keyof typeof USES

const listenerWith = (options: { readonly store?: Store | undefined }): RequestListener =>
  listenerOf(createSessions<Shop>({ ...options, secrets: SECRETS }))

function listenerOf(sessions: Sessions<Shop>): RequestListener {
  return (request, response) => {
    const use = (attached: Attachment<Shop>): void => {
      USES[request.url?.slice(1) as Use](attached)
      response.end('fine')
    }
    const attached = attach(sessions, request, response, console.error)
    if (attached instanceof Promise) attached.then(use).catch(console.error)
    else use(attached)
  }
}

/** The average work for the requests of a visitor with a session; zero counts are omitted. */
async function workOf(listener: RequestListener, use: Use): Promise<Readonly<Record<string, number>>> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = createClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(async () => {
    await client.close()
    server.close()
  })
  /** Until the response has closed: the check for late changes is part of the work. */
  const request = async (path: string): Promise<void> => {
    const closed = new Promise((resolve) => {
      server.once('request', (_request, response) => response.once('close', resolve))
    })
    await client.request(path)
    await closed
  }
  await request('/write')
  for (const spy of Object.values(counted)) spy.mockClear()
  const TIMES = 10
  for (let n = 0; n < TIMES; n++) await request(`/${use}`)
  const counts = Object.entries(counted).map(([name, { mock }]) => [name, mock.calls.length / TIMES] as const)
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}

describe.each([
  ['sealed', undefined],
  ['stored', countingStore],
])('a request with a %s session', (mode, given) => {
  const listener = listenerWith({ store: given })
  const isStored = mode === 'stored'

  it('that is not used only fetches its record', async () => {
    expect(await workOf(listener, 'untouched')).toEqual(isStored ? { reads: 1 } : {})
  })

  it('that is only read decrypts nothing that was sealed here, and sends Vary: Cookie', async () => {
    const sealed = { parses: 1, stringifies: 2, headers: 1 }
    expect(await workOf(listener, 'read')).toEqual(isStored ? { ...sealed, reads: 1 } : sealed)
  })

  it('that is written seals it once', async () => {
    const work = { seals: 1, parses: 1, stringifies: 2 }
    // A stored session keeps its cookie.
    const stored = { ...work, headers: 1, reads: 1, replaces: 1 }
    // One list is for the warning of a response that caches may keep.
    const expected = isStored ? stored : { ...work, headers: 3, lists: 2 }
    expect(await workOf(listener, 'write')).toEqual(expected)
  })
})

it('a response that sets the cookie is checked for misleading headers a thousand times, without a listener', async () => {
  const sessions = createSessions<Shop>({ secrets: SECRETS })
  const visit = openVisit(sessions, undefined) as AdapterVisit<Shop>
  for (let responses = 0; responses < 1000; responses++) expect(visit.needsCheck).toBe(true)
  expect(await workOf(listenerOf(sessions), 'write')).toMatchObject({ headers: 3, lists: 1 })
})
