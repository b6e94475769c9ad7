import { closeSync, writeSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import type { Session, Sessions, Store } from '@keepsake/core'
import { tryBadDisk } from './store-disk.ts'
import { type Cart, openShop } from './store-requests.ts'
import { writeForEver } from './store-writer.ts'

/** The task that `storeProcessSuite` gives to one of its processes, as JSON in the first argument. */
export type Job =
  | { readonly kind: 'serve'; readonly place: string; readonly secret: string }
  | {
      readonly kind: 'write'
      readonly place: string
      readonly keys: readonly string[]
      readonly shared: string
    }
  | { readonly kind: 'disk'; readonly place: string; readonly directory: string }

/** The parts of a process of the suite. */
export interface StoreChild {
  /** Opens a client of the store at a place that `storeProcessSuite` was given. */
  open(place: string): Store
  /** A listener of `node:http` that passes the session to the handler: `withSession` of `@keepsake/node-http`. */
  listener(
    sessions: Sessions<Cart>,
    handler: (request: IncomingMessage, response: ServerResponse, session: Session<Cart>) => void,
  ): (request: IncomingMessage, response: ServerResponse) => unknown
}

/**
 * The complete module of a process that `storeProcessSuite` starts:
 *
 * ```ts
 * runStoreChild({ open: (place) => fileStore({ directory: place }), listener: withSession })
 * ```
 */
export function runStoreChild(child: StoreChild): void {
  const job = JSON.parse(process.argv[2] ?? '') as Job
  const open = (): Store => child.open(job.place)
  if (job.kind === 'serve') serve(child, job)
  else if (job.kind === 'write') void writeForEver(open(), job.keys, job.shared, say)
  else
    void tryBadDisk(open, job.directory).then(
      () => say('fine'),
      (error: unknown) => say(inspect(error)),
    )
}

const say = (line: string): void => void writeSync(3, `${line}\n`)

/** A shop with one route: each POST adds one item to the cart. */
function serve(child: StoreChild, { place, secret }: Extract<Job, { kind: 'serve' }>): void {
  const sessions = openShop(child.open(place), secret, Date.now)
  const server = createServer(
    child.listener(sessions, (request, response, session) => {
      const items = (session.items ??= [])
      if (request.method === 'POST') items.push(request.url ?? '')
      response.end(JSON.stringify(items))
    }),
  )
  server.listen(0, '127.0.0.1', () => {
    say(String((server.address() as AddressInfo).port))
    closeSync(3)
  })
  // The pipe ends when the suite closes it or when the suite's process ends.
  process.stdin.resume().on('end', () => process.exit())
}
