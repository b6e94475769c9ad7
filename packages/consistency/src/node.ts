/* One server process: a node:http listener whose sessions are in the store of `SETTINGS`. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { createSessions } from '@keepsake/core'
import { withSession } from '@keepsake/node-http'
import { type Asked, handle } from './handlers.ts'
import type { Data } from './history.ts'
import { openStore } from './open-store.ts'
import { readSettings } from './settings.ts'

const settings = readSettings()
const store = await openStore(settings)
const sessions = createSessions<Data>({
  secrets: [settings.secret],
  storeTimeLimit: settings.timeLimit,
  ...(store === undefined ? { revocation: 'none' } : { store }),
})

const server = createServer(
  withSession(
    sessions,
    async (request, response, session) => {
      try {
        const { searchParams } = new URL(request.url ?? '', 'http://node.example')
        const asked = JSON.parse(searchParams.get('asked') ?? '') as Asked
        if (asked.pause > 0) await wait(asked.pause)
        response.end(JSON.stringify(await handle(session, asked)))
      } catch (error) {
        fail(error, response)
      }
    },
    { fail: (error, _request, response) => fail(error, response) },
  ),
)
// If the server closed an idle connection while a request was on its way, that response would be lost too.
server.keepAliveTimeout = 600_000
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.once('disconnect', () => process.exit())

/** Errors of a failing store are expected, and not printed. */
function fail(error: unknown, response: ServerResponse): void {
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500
  if (status === 500) console.error(error)
  response.statusCode = status
  response.end(error instanceof Error && 'code' in error ? String(error.code) : '')
}
