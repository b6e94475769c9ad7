import { storeSuite } from '@keepsake/testing'
import { afterAll } from 'vitest'
import { postgresStore } from '../src/index.ts'
import { newTable, pglite } from './places.ts'

const lite = await pglite()
afterAll(() => lite.close())

storeSuite('postgresStore through PGlite', async () => {
  const store = postgresStore(lite.client, { table: newTable(), waitLimit: 60_000 })
  await store.prepare()
  // Its clock, which orders the writes, does not advance with the clock of a test.
  return { store, hasOwnClock: true }
})
