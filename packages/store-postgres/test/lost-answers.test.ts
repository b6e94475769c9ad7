import { randomBytes } from 'node:crypto'
import { createSessions, type Session, type Sessions } from '@keepsake/core'
import { startPostgres } from '@keepsake/test-services'
import { createFaultProxy, type FaultProxy } from '@keepsake/testing'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { postgresStore } from '../src/index.ts'
import { type Connection, newTable, pg, postgresJs } from './places.ts'

interface Cart {
  items: string[]
  count: number
}

const server = await startPostgres()
const url = server?.url ?? ''
afterAll(() => server?.stop())

/** What a request does in addition to counting. */
const writes: Record<string, (session: Session<Cart>) => void> = {
  'a write': () => undefined,
  'a regenerate': (session) => session.regenerate(),
  'a login': (session) => session.login('ada', { keep: ['items', 'count'] }),
}

function count(session: Session<Cart>, item: string): void {
  session.update((cart) => (cart.count = (cart.count ?? 0) + 1))
  ;(session.items ??= []).push(item)
}

async function close(visit: Awaited<ReturnType<Sessions<Cart>['open']>>, cookie?: string) {
  const headers = await visit.close()
  return headers.find(([name]) => name === 'Set-Cookie')?.[1].split(';')[0] ?? cookie
}

describe.skipIf(server === undefined).each([
  ['pg', pg],
  ['postgres', postgresJs],
] as const)('a statement whose connection broke before the reply, through %s,', (_, connect) => {
  let proxy: FaultProxy
  let connections: Connection[]
  /** `sessions` uses the proxy, `others` does not. */
  let sessions: Sessions<Cart>
  let others: Sessions<Cart>
  /** The revision of the only row, which the statement of a write contains. */
  let revision: () => Promise<string>

  beforeEach(async () => {
    proxy = await createFaultProxy(Number(new URL(url).port))
    connections = [connect(url.replace(/:\d+\//, `:${proxy.port}/`)), connect(url)]
    const secrets = [randomBytes(32)]
    const table = newTable()
    const [own, other] = connections.map(({ client }) => postgresStore(client, { table }))
    if (own === undefined || other === undefined) throw new Error('no stores')
    await other.prepare()
    revision = async () => {
      const beside = connections[1]?.client
      const answer = await beside?.query(`SELECT right(text, 16) AS revision FROM "${table}"`, [])
      const [row] = (answer?.rows ?? []) as { revision: string }[]
      return row?.revision ?? ''
    }
    sessions = createSessions<Cart>({ secrets, store: own })
    others = createSessions<Cart>({ secrets, store: other })
  })
  afterEach(async () => {
    await Promise.all(connections.map((connection) => connection.close()))
    await proxy.close()
  })

  async function begin(): Promise<string | undefined> {
    const visit = await sessions.open(undefined)
    count(visit.session, 'begun')
    return close(visit)
  }

  async function see(cookie: string | undefined) {
    const { session } = await others.open(cookie)
    return { count: session.count, items: session.items }
  }

  it.each(Object.entries(writes))(
    'takes effect once, even if another request writes in between: %s',
    async (_name, write) => {
      const cookie = await begin()
      const [visit, theirs] = [await sessions.open(cookie), await others.open(cookie)]
      count(theirs.session, 'theirs')
      write(visit.session)
      count(visit.session, 'mine')
      let between: string[] = []
      const lost = proxy.loseAnswer(await revision(), async () => {
        between = await theirs.session.save().then(
          () => ['theirs'],
          () => [],
        )
      })
      await visit.session.save()
      await lost
      const items = ['begun', 'mine', ...between]
      expect(await see(await close(visit, cookie))).toEqual({ count: items.length, items })
    },
  )

  it.each(['logout', 'destroy', 'clear'] as const)('ends the session without an error: %s', async (end) => {
    const cookie = await begin()
    const visit = await sessions.open(cookie)
    visit.session[end]()
    const lost = proxy.loseAnswer(await revision())
    await visit.session.save()
    await visit.close()
    await lost
    expect((await others.open(cookie)).session.isNew).toBe(true)
  })

  it('revokes a session, and the call returns that it did', async () => {
    const visit = await sessions.open(undefined)
    visit.session.login('ada')
    await visit.close()
    const lost = proxy.loseAnswer(await revision())
    expect(await sessions.revokeAll('ada')).toBe(1)
    await lost
    expect(await others.listFor('ada')).toEqual([])
  })
})
