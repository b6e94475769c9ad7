import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSessions } from '@keepsake/core'
import { sqliteStore } from '@keepsake/store-sqlite'
import { cookieFor } from '@keepsake/testing/cookie-for'
import { expect, it } from 'vitest'
import { listedIn, MODULE, SECRET, sessionsIn } from './sessions-support.ts'
import { makeDirectory } from './support.ts'

const longAgo = (): number => Date.now() - 40 * 60_000

it('keepsake sessions revoke --idle does not revoke a session that was used after it was listed and before it is revoked', async () => {
  const cwd = makeDirectory()
  const store = sqliteStore({ path: join(cwd, 'sessions.db') })
  const sessions = createSessions({ secrets: [SECRET], store, now: longAgo })
  const [used] = [await cookieFor(sessions, { n: 1 }), await cookieFor(sessions, { n: 2 })]
  await sessions.close()
  writeFileSync(join(cwd, '.env'), `SESSION_SECRET=${SECRET}\n`)
  const using = `${MODULE.replace('store:', 'store: using')}
function using(store) {
  return {
    ...store,
    async *all() {
      yield* store.all()
      const { session, close } = await sessions.open('${used}')
      session.n = 3
      await close()
    },
  }
}`.replace(/using (sqliteStore\(.*\)),/, 'using($1),')
  writeFileSync(join(cwd, 'sessions.mjs'), using)
  expect((await sessionsIn(cwd, 'revoke', '--idle', '30m', '--yes')).json).toEqual({ revoked: 1 })
  expect(await listedIn(cwd)).toHaveLength(1)
})
