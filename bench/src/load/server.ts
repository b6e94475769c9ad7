import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sessionsOf } from '../data.ts'
import { VARIANTS } from '../http/all.ts'
import { openBackends } from '../http/backends.ts'
import { BYTES } from '../requests/candidate.ts'
import type { ServerMessage, ServerTask } from './messages.ts'

/** One application in a separate process. The task is its argument. */
const { framework, variant, ...servers } = JSON.parse(process.argv[2] ?? '') as ServerTask
const tell = (message: ServerMessage): void => void process.send?.(message)

const backends = await openBackends(servers)
const found = VARIANTS[framework](backends.list).find(({ name }) => name === variant)
const [fill] = sessionsOf(BYTES)
if (found === undefined || fill === undefined)
  throw new Error(`unknown application: ${framework}, ${variant}`)
const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, await found.listener(fill))
server.listen(0, '127.0.0.1', () => tell({ port: (server.address() as AddressInfo).port }))

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  tell({ cpuMicros: user + system })
})
process.on('disconnect', () => process.exit())
