import { reachPostgres } from '@keepsake/test-services'
import { storeSuite } from '@keepsake/testing'
import { Client } from 'pg'
import { afterAll, describe } from 'vitest'
import { type OpenListener, postgresStore } from '../src/index.ts'
import { type Connection, dump, newTable, pg, postgresJs } from './places.ts'

const server = await reachPostgres()
const url = server?.url ?? ''
const admin = pg(url)
afterAll(() => admin.close().then(() => server?.stop()))

function suite(client: string, connect: () => Connection, listener?: OpenListener): void {
  storeSuite(`postgresStore through ${client}`, async (now) => {
    const table = newTable()
    const [one, two] = [connect(), connect()]
    const store = postgresStore(one.client, { table, now, listener, waitLimit: 60_000 })
    await store.prepare()
    return {
      store,
      another: () => postgresStore(two.client, { table, now, listener, waitLimit: 60_000 }),
      dump: () => dump(admin.client, table),
      remove: async () => void (await Promise.all([one.close(), two.close()])),
    }
  })
}

describe.skipIf(server === undefined)('a PostgreSQL server', () => {
  suite(
    'pg',
    () => pg(url),
    () => admin.client.connect(),
  )
  suite(
    'postgres, with a client of pg that listens',
    () => postgresJs(url),
    async () => {
      const client = new Client({ connectionString: url })
      await client.connect()
      return client
    },
  )
})
