import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { App, Place, Setting } from './apps.ts'
import { type Server, startServer } from './server.ts'

/** Apps on stores, each in a separate process. All apps on one store share its data. */
export interface Servers {
  readonly secret: string
  of(place: Place, app: App): Server
  /** @throws {Error} if a server has written to standard error. */
  stop(): Promise<void>
}

const keyOf = ({ store }: Place, { name }: App): string => `${name} on ${store}`

/** Starts each app on its store, once. */
export async function startServers(settings: readonly Setting[]): Promise<Servers> {
  const secret = randomBytes(32).toString('base64url')
  const data = mkdtempSync(join(tmpdir(), 'shops-'))
  const servers = new Map<string, Server>()

  async function start({ place, app }: Setting): Promise<void> {
    const variables = { SESSION_SECRET: secret, STORE: place.store, DATA: join(data, place.store) }
    servers.set(keyOf(place, app), await startServer(app.name, variables))
  }
  await Promise.all([...new Map(settings.map((one) => [keyOf(one.place, one.app), one])).values()].map(start))
  return {
    secret,
    of(place, app) {
      const server = servers.get(keyOf(place, app))
      if (server === undefined) throw new Error(`no server for ${keyOf(place, app)}`)
      return server
    },
    async stop() {
      await Promise.all([...servers.values()].map((server) => server.stop()))
      rmSync(data, { recursive: true, force: true })
    },
  }
}
