import { serveShop } from '@keepsake/test-services'
import { postgresStore } from '../src/index.ts'
import { pg } from './places.ts'

/** One process of the shop. */
serveShop(
  postgresStore(pg(process.env['DATABASE'] ?? '').client, { table: process.env['TABLE'], waitLimit: 60_000 }),
)
