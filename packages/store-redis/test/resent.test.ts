import { randomBytes } from 'node:crypto'
import { createSessions, type Session, type Sessions } from '@keepsake/core'
import { startRedis } from '@keepsake/test-services'
import { createFaultProxy, type FaultProxy } from '@keepsake/testing'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { redisStore } from '../src/index.ts'
import { LIST, REPLACE } from '../src/scripts.ts'
import { type Connection, ioredis, iovalkey, newPrefix, nodeRedis } from './clients.ts'

interface Cart {
  items: string[]
  count: number
}

const server = await startRedis()
afterAll(() => server?.stop())

/** What a request does besides counting, in a session of somebody, which is listed already, or of nobody. */
const writes: readonly (readonly [string, string | undefined, (session: Session<Cart>) => void])[] = [
  ['a write', undefined, () => undefined],
  ['a write of somebody logged in', 'ada', () => undefined],
  ['a regenerate', undefined, (session) => session.regenerate()],
  ['a login', 'ada', (session) => session.login('ada')],
]

function count(session: Session<Cart>, item: string): void {
  session.update((cart) => (cart.count = (cart.count ?? 0) + 1))
  ;(session.items ??= []).push(item)
}

async function request(sessions: Sessions<Cart>, cookie: string | undefined, item: string) {
  const visit = await sessions.open(cookie)
  count(visit.session, item)
  return close(visit, cookie)
}

async function close(visit: Awaited<ReturnType<Sessions<Cart>['open']>>, cookie: string | undefined) {
  const headers = await visit.close()
  return headers.find(([name]) => name === 'Set-Cookie')?.[1].split(';')[0] ?? cookie
}

/** How often a script has come to the server. */
async function scripts(): Promise<number> {
  const stats = (await server?.cli('info', 'commandstats')) ?? ''
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0)
}

describe.skipIf(server === undefined).each([
  ['node-redis', nodeRedis, 'is told of it'],
  ['ioredis', ioredis, 'sends it again'],
  ['iovalkey', iovalkey, 'sends it again'],
] as const)('a command whose answer was lost, through %s,', (_client, connect, then) => {
  let proxy: FaultProxy
  let connections: Connection[]
  /** Through the proxy, and beside it. */
  let sessions: Sessions<Cart>
  let others: Sessions<Cart>

  beforeEach(async () => {
    proxy = await createFaultProxy(server?.port ?? 0)
    connections = [await connect(`redis://127.0.0.1:${proxy.port}`), await connect(server?.url ?? '')]
    const options = { secrets: [randomBytes(32)] }
    const prefix = newPrefix()
    const [own, other] = connections.map((one) =>
      createSessions<Cart>({ ...options, store: redisStore(one.client, { prefix }) }),
    )
    if (own === undefined || other === undefined) throw new Error('no sessions')
    ;[sessions, others] = [own, other]
  })
  afterEach(async () => {
    await Promise.all(connections.map(async (connection) => connection.close()))
    await proxy.close()
  })

  const see = async (cookie?: string) => {
    const { session } = await others.open(cookie)
    return { count: session.count, items: session.items }
  }

  /** A session in which one thing was counted. */
  async function begin(subject?: string): Promise<string | undefined> {
    const visit = await sessions.open(undefined)
    if (subject !== undefined) visit.session.login(subject)
    count(visit.session, 'begun')
    return close(visit, undefined)
  }

  /** A session whose cookie two requests have come with; both have counted, and neither has saved. */
  async function openTwo(subject?: string) {
    // From its second write on, the server knows the script.
    const cookie = await request(sessions, await begin(subject), 'second')
    const [visit, theirs] = [await sessions.open(cookie), await others.open(cookie)]
    count(theirs.session, 'theirs')
    const saveTheirs = async (): Promise<string[]> =>
      theirs.session.save().then(
        () => ['theirs'],
        () => [],
      )
    return { cookie, visit, saveTheirs }
  }

  it.each(writes)('is done once where another writer came in between: %s', async (_, subject, write) => {
    const { cookie, visit, saveTheirs } = await openTwo(subject)
    write(visit.session)
    count(visit.session, 'mine')
    let between: string[] = []
    let asked = 0
    const lost = proxy.loseAnswer(REPLACE.sha1, async () => {
      between = await saveTheirs()
      asked = await scripts()
    })
    await visit.session.save()
    await lost
    const items = ['begun', 'second', 'mine', ...between]
    expect(await see(await close(visit, cookie))).toEqual({ count: items.length, items })
    // Otherwise the second attempt is a look, which finds what the first one has written.
    expect((await scripts()) > asked).toBe(then === 'sends it again')
  })

  it('is done once where a login is listed, and another writer came in between', async () => {
    // From here on the server knows the script.
    await begin('bob')
    const { cookie, visit, saveTheirs } = await openTwo()
    visit.session.login('ada', { keep: ['items', 'count'] })
    count(visit.session, 'mine')
    const lost = proxy.loseAnswer(LIST.sha1, saveTheirs)
    await visit.session.save()
    await lost
    const items = ['begun', 'second', 'theirs', 'mine']
    expect(await see(await close(visit, cookie))).toEqual({ count: 4, items })
    expect(await others.listFor('ada')).toHaveLength(1)
  })

  it('is done once where a session begins', async () => {
    const lost = proxy.loseAnswer('PXAT')
    const cookie = await begin()
    await lost
    expect(await see(cookie)).toEqual({ count: 1, items: ['begun'] })
  })

  it.each(['logout', 'destroy', 'clear'] as const)('is no trouble where a session ends: %s', async (end) => {
    const { cookie, visit } = await openTwo()
    visit.session[end]()
    const lost = proxy.loseAnswer(REPLACE.sha1)
    await visit.close()
    await lost
    expect((await others.open(cookie)).session.isNew).toBe(true)
  })

  it('ends a session that is revoked, and says so unless the client sends it again', async () => {
    const cookie = await request(sessions, await begin('ada'), 'second')
    const [device] = await sessions.listFor('ada')
    const lost = proxy.loseAnswer(REPLACE.sha1)
    const isEnded = await sessions.revoke(device?.handle ?? '', { subject: 'ada' })
    await lost
    expect(isEnded).toBe(then === 'is told of it')
    expect((await others.open(cookie)).session.isNew).toBe(true)
  })
})
