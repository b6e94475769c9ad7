import { setTimeout as wait } from 'node:timers/promises'
import { createVisitor, inLongRun, openShops, startPostgres } from '@keepsake/test-services'
import { afterAll, expect, it, onTestFinished } from 'vitest'
import { postgresStore } from '../src/index.ts'
import { newTable, pg } from './places.ts'

const PROCESSES = 4
const REQUESTS = 200
/** Long enough that no request fails because the machine is slow. */
const PATIENCE_MS = 30_000

const server = await startPostgres()
const url = server?.url ?? ''
const table = newTable()
const admin = pg(url)
afterAll(() => admin.close().then(() => server?.stop()))

it.skipIf(server === undefined)(
  `postgresStore keeps every item that ${REQUESTS} simultaneous requests push into one cart through ${PROCESSES} processes, at any isolation`,
  async () => {
    await postgresStore(admin.client, { table }).prepare()
    const script = new URL('shop.ts', import.meta.url)
    const shops = await openShops(script, { DATABASE: url, TABLE: table }, PROCESSES, PATIENCE_MS)
    onTestFinished(() => shops.stop())
    for (const isolation of ['serializable', ...inLongRun('read committed')]) {
      await admin.client.query(`ALTER SYSTEM SET default_transaction_isolation = '${isolation}'`)
      await admin.client.query('SELECT pg_reload_conf()')
      await wait(200)
      const visitor = createVisitor(shops.ports)
      await visitor.request('POST', '/push?begun')
      const numbers = Array.from({ length: REQUESTS }, (_, n) => n)
      const answers = await Promise.all(numbers.map((n) => visitor.request('POST', `/push?${n}`)))
      expect(answers.filter(({ status }) => status !== 200)).toEqual([])
      const items = await visitor.cart()
      expect(items).toHaveLength(REQUESTS + 1)
      expect(new Set(items)).toEqual(new Set(['begun', ...numbers.map(String)]))
    }
  },
)
