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

/** What a request does in addition to counting, in a logged-in session, which is already listed, or an anonymous one. */
const writes: readonly (readonly [string, string | undefined, (session: Session<Cart>) => void])[] = [
  ['a write', undefined, () => undefined],
  ['a write to a logged-in session', 'ada', () => undefined],
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

/** How many scripts the server has run. */
async function scripts(): Promise<number> {
  const stats = (await server?.cli('info', 'commandstats')) ?? ''
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0)
}

describe.skipIf(server === undefined).each([
  ['node-redis', nodeRedis, 'rejects'],
  ['ioredis', ioredis, 'resends'],
  ['iovalkey', iovalkey, 'resends'],
] as const)('a command whose reply is lost, through %s,', (_client, connect, then) => {
  let proxy: FaultProxy
  let connections: Connection[]
  /** `sessions` uses the proxy, `others` does not. */
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

  /** Creates a session with one item. */
  async function begin(subject?: string): Promise<string | undefined> {
    const visit = await sessions.open(undefined)
    if (subject !== undefined) visit.session.login(subject)
    count(visit.session, 'begun')
    return close(visit, undefined)
  }

  /** A session that two requests have opened; both have changed it, and neither has saved. */
  async function openTwo(subject?: string) {
    // After the second write, the server has the script.
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

  it.each(writes)(
    'takes effect once, even if another request writes in between: %s',
    async (_, subject, write) => {
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
      // If the client does not resend, the store only reads again, and finds the result of the first attempt.
      expect((await scripts()) > asked).toBe(then === 'resends')
    },
  )

  it('takes effect once, even if more requests write in between than a row remembers', async () => {
    const { cookie, visit } = await openTwo()
    count(visit.session, 'mine')
    const names = ['1', '2', '3', '4', '5']
    const lost = proxy.loseAnswer(REPLACE.sha1, async () => {
      for (const name of names) await request(others, cookie, name)
    })
    const saved = await visit.session.save().then(
      () => true,
      (error: unknown) => error,
    )
    await lost
    expect(saved).toMatchObject({ code: 'KEEPSAKE_STORE' })
    const items = ['begun', 'second', 'mine', ...names]
    expect(await see(cookie)).toEqual({ count: items.length, items })
  })

  it('takes effect once when it lists a login, even if another request writes in between', async () => {
    // From now on the server has the script.
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

  it('takes effect once when it creates a session', async () => {
    const lost = proxy.loseAnswer('PXAT')
    const cookie = await begin()
    await lost
    expect(await see(cookie)).toEqual({ count: 1, items: ['begun'] })
  })

  it.each(['logout', 'destroy', 'clear'] as const)('ends the session without an error: %s', async (end) => {
    const { cookie, visit } = await openTwo()
    visit.session[end]()
    const lost = proxy.loseAnswer(REPLACE.sha1)
    await visit.close()
    await lost
    expect((await others.open(cookie)).session.isNew).toBe(true)
  })

  it('ends the session if it is saved at once after `clear()`', async () => {
    const { cookie, visit } = await openTwo()
    visit.session.clear()
    const lost = proxy.loseAnswer(REPLACE.sha1)
    await visit.session.save()
    await lost
    await visit.close()
    expect((await others.open(cookie)).session.isNew).toBe(true)
  })

  it('revokes a session, and `revoke` returns true', async () => {
    const cookie = await request(sessions, await begin('ada'), 'second')
    const [device] = await sessions.listFor('ada')
    const lost = proxy.loseAnswer(REPLACE.sha1)
    const isEnded = await sessions.revoke(device?.handle ?? '', { subject: 'ada' })
    await lost
    expect(isEnded).toBe(true)
    expect((await others.open(cookie)).session.isNew).toBe(true)
  })
})
