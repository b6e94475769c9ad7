/** A process that runs modules of the pages, one after another, for the test that started it. */
import diagnostics, { type ChannelListener } from 'node:diagnostics_channel'
import { syncBuiltinESMExports } from 'node:module'
import { Server } from 'node:net'
import { format } from 'node:util'
import type { FromStage, ToStage } from './stage-messages.ts'

const servers = new Map<string, Server>()
let printed: string[] = []

/** A page's server would listen on the port of the page; here it listens on a free port, which the test is told. */
type Listen = (this: Server, port: number, host: string, ready?: () => void) => Server
// oxlint-disable-next-line typescript/unbound-method -- called with its server below
const listen: Listen = Server.prototype.listen
Server.prototype.listen = function (this: Server, ...args: unknown[]): Server {
  const ready = args.find((arg) => typeof arg === 'function') as (() => void) | undefined
  servers.set(String(args[0]), this)
  return listen.call(this, 0, '127.0.0.1', ready)
}

/** Removes a page's listeners, so that they do not receive events of the next page. */
const subscriptions: (() => void)[] = []
const { subscribe, unsubscribe } = diagnostics
diagnostics.subscribe = (name: string | symbol, listener: ChannelListener) => {
  subscriptions.push(() => unsubscribe(name, listener))
  subscribe(name, listener)
}
syncBuiltinESMExports()

console.log = (...args: unknown[]) => void printed.push(format(...args))
// Warnings and errors of the server are not printed; their effect on a response shows in the response.
console.error = () => undefined

async function run(file: string): Promise<FromStage> {
  printed = []
  try {
    await import(file)
    await Promise.all([...servers.values()].map(listening))
  } catch (error) {
    printed.push(String(error))
    return { printed: taken(), ports: {}, failed: error instanceof Error ? error.stack : String(error) }
  }
  return { printed: taken(), ports: portsOf(servers), failed: undefined }
}

const listening = (server: Server): Promise<void> =>
  server.listening ? Promise.resolve() : new Promise((resolve) => server.once('listening', resolve))

const portsOf = (servers: ReadonlyMap<string, Server>): Record<string, number> =>
  Object.fromEntries(
    [...servers].map(([asked, server]) => {
      const address = server.address()
      return [asked, typeof address === 'object' && address !== null ? address.port : 0]
    }),
  )

function taken(): string {
  const text = printed.join('\n')
  printed = []
  return text
}

function stop(): FromStage {
  for (const server of servers.values()) server.close()
  servers.clear()
  for (const end of subscriptions.splice(0)) end()
  return { printed: taken(), ports: {}, failed: undefined }
}

process.on('message', (message: ToStage) => {
  if (message.ask === 'run') void run(message.file).then((answer) => process.send?.(answer))
  else if (message.ask === 'printed') process.send?.({ printed: taken(), ports: {}, failed: undefined })
  else process.send?.(stop())
})
