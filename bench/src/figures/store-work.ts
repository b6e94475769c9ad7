import { createSessions, memoryStore, type Session, type Sessions, type Store } from '@keepsake/core'
import { redisStore } from '@keepsake/store-redis'
import { createFaultProxy } from '@keepsake/testing'
import { startRedis } from '@keepsake/test-services'
import { createClient } from 'redis'
import { SECRET } from '../data.ts'
import { type Cart, firstVisit, openShop, writingVisit } from '../scaling/traffic.ts'

/** The name of a store method or server command that was called. */
type Call = string

/** The store methods that are counted. */
const STORE_CALLS: ReadonlySet<string> = new Set(['read', 'create', 'replace', 'delete', 'bySubject'])
const REDIS_COMMANDS: ReadonlySet<string> = new Set(['get', 'set', 'del', 'eval', 'evalSha'])

/** The same object, which appends calls of `counted` methods to `calls`. */
function noting<T extends object>(target: T, counted: ReadonlySet<string>, calls: Call[]): T {
  // The proxy's target is not the object itself: stores are frozen, so a proxy would have to return their own methods.
  return new Proxy(Object.create(target) as T, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...args: readonly unknown[]): unknown => {
        if (typeof name === 'string' && counted.has(name)) calls.push(name)
        const result: unknown = Reflect.apply(value, target, args)
        // The same client with other options counts too.
        return name === 'withCommandOptions' ? noting(result as object, counted, calls) : result
      }
    },
  })
}

/** The calls of a request that only regenerates its session, without the read that opened it. */
export interface Regenerating {
  readonly anonymous: readonly Call[]
  readonly loggedIn: readonly Call[]
}

async function regenerating(store: Store, calls: Call[]): Promise<Regenerating> {
  const sessions = createSessions<Cart>({ secrets: [SECRET], store })
  const callsOf = async (cookie: string): Promise<readonly Call[]> => {
    // The first request may have to load a script into the server.
    const next = await renew(sessions, cookie, (session) => session.regenerate())
    calls.length = 0
    await renew(sessions, next, (session) => session.regenerate())
    const [opening, ...others] = calls
    if (opening !== 'read' && opening !== 'get')
      throw new Error(`expected a read to open the session, got ${opening}`)
    return others
  }
  const anonymous = await callsOf(await firstVisit(sessions))
  const cookie = await renew(sessions, await firstVisit(sessions), (session) => session.login('alice'))
  return { anonymous, loggedIn: await callsOf(cookie) }
}

/** A request that gives its session a new cookie, which is returned. */
async function renew(
  sessions: Sessions<Cart>,
  cookie: string,
  act: (session: Session<Cart>) => void,
): Promise<string> {
  const visit = await sessions.open(cookie)
  if (visit.session.isNew) throw new Error('the session is gone')
  act(visit.session)
  const headers = await visit.close()
  const line = headers.find(([name]) => name === 'Set-Cookie')?.[1]
  if (line === undefined) throw new Error('the session has no new cookie')
  return line.split(';')[0] ?? ''
}

export function regeneratingInMemory(): Promise<Regenerating> {
  const calls: Call[] = []
  return regenerating(noting(memoryStore(), STORE_CALLS, calls), calls)
}

/** Undefined if there is no Redis. */
export async function regeneratingInRedis(): Promise<Regenerating | undefined> {
  const server = await startRedis()
  if (server === undefined) return undefined
  const client = await createClient({ url: server.url }).connect()
  try {
    const calls: Call[] = []
    return await regenerating(redisStore(noting(client, REDIS_COMMANDS, calls)), calls)
  } finally {
    client.destroy()
    await server.stop()
  }
}

const WRITES = 200

/**
 * The bytes that a request sends to Redis if it writes the session of `docs/scaling.md`: its read and its
 * write, counted on the connection. Undefined if there is no Redis.
 */
export async function bytesToRedis(): Promise<number | undefined> {
  const server = await startRedis()
  if (server === undefined) return undefined
  const proxy = await createFaultProxy(server.port)
  const client = await createClient({ url: `redis://127.0.0.1:${proxy.port}` }).connect()
  try {
    const shop = openShop(redisStore(client))
    const cookie = await firstVisit(shop)
    await writingVisit(shop, cookie)
    const before = proxy.passed.up
    for (let n = 0; n < WRITES; n++) await writingVisit(shop, cookie)
    return (proxy.passed.up - before) / WRITES
  } finally {
    client.destroy()
    await proxy.close()
    await server.stop()
  }
}
