import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { reachPostgres, reachRedis } from '@keepsake/test-services'
import { afterAll, describe, expect, it } from 'vitest'
import { listedIn, MODULE, SECRET, sessionsIn } from './sessions-support.ts'
import { makeDirectory } from './support.ts'

const [redis, postgres] = [await reachRedis(), await reachPostgres()]
afterAll(() => Promise.all([redis?.stop(), postgres?.stop()]))

const [CORE] = MODULE.trim().split('\n')
const at = (name: string): string => `'${import.meta.resolve(name)}'`
const unique = randomBytes(6).toString('hex')

const STORES: readonly (readonly [name: string, isThere: boolean, store: string])[] = [
  [
    'files',
    true,
    `import { fileStore } from ${at('@keepsake/store-file')}
const store = fileStore({ directory: import.meta.dirname + '/sessions' })`,
  ],
  [
    'SQLite',
    true,
    `import { sqliteStore } from ${at('@keepsake/store-sqlite')}
const store = sqliteStore({ path: import.meta.dirname + '/sessions.db' })`,
  ],
  [
    'Redis',
    redis !== undefined,
    `import { redisStore } from ${at('@keepsake/store-redis')}
import { createClient } from ${at('redis')}
const client = await createClient({ url: '${redis?.url}' }).connect()
const store = { ...redisStore(client, { prefix: 'cli:${unique}:' }), close: () => client.close() }`,
  ],
  [
    'PostgreSQL',
    postgres !== undefined,
    `import { postgresStore } from ${at('@keepsake/store-postgres')}
import pg from ${at('pg')}
const pool = new pg.Pool({ connectionString: '${postgres?.url}' })
const rows = postgresStore(pool, { table: 'cli_${unique}' })
await rows.prepare()
const store = { ...rows, close: () => pool.end() }`,
  ],
]

describe('keepsake sessions', () => {
  for (const [name, isThere, store] of STORES)
    it.skipIf(!isThere)(`lists, counts, shows and revokes the sessions in ${name}`, async () => {
      const cwd = makeDirectory()
      const app = `${CORE}\n${store}\nexport const sessions = createSessions({ secrets: '${SECRET}', store })\n`
      writeFileSync(join(cwd, 'sessions.mjs'), app)
      writeFileSync(
        join(cwd, 'filling.mjs'),
        `export { sessions } from './sessions.mjs'
import { sessions } from './sessions.mjs'
for (const subject of ['ada', 'ada', 'bob', undefined]) {
  const { session, close } = await sessions.open(undefined)
  if (subject === undefined) session.cart = ['A1']
  else session.login(subject)
  await close()
}\n`,
      )
      expect((await sessionsIn(cwd, 'count', '--module', 'filling.mjs')).json).toEqual({ count: 4 })
      const ofAda = await listedIn(cwd, '--subject', 'ada')
      expect(ofAda).toHaveLength(2)
      const [{ handle } = { handle: '' }] = ofAda
      expect((await sessionsIn(cwd, 'show', '--', handle)).json).toMatchObject({
        session: { subject: 'ada' },
      })
      expect((await sessionsIn(cwd, 'revoke', '--', handle)).json).toEqual({ revoked: true })
      expect((await sessionsIn(cwd, 'revoke', '--logged-in', '--yes')).json).toEqual({ revoked: 2 })
      expect((await listedIn(cwd)).map(({ subject }) => subject)).toEqual([undefined])
    })
})
