/** Starts the shop in four processes behind one port. STORE must be one that processes can share. */
import cluster from 'node:cluster'
import { fileURLToPath } from 'node:url'

const PROCESSES = 4

process.env['STORE'] ||= 'redis'
cluster.setupPrimary({ exec: fileURLToPath(new URL('worker.ts', import.meta.url)) })
for (let n = 0; n < PROCESSES; n++) cluster.fork()

let isClosing = false
cluster.on('exit', (_worker, code) => {
  if (code !== 0) process.exitCode = 1
  // A crashed worker is replaced; one that could not start has printed why.
  if (code === null && !isClosing) cluster.fork()
})

function close(): void {
  isClosing = true
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM')
  // The channel between the processes would keep them running.
  cluster.disconnect()
}
process.once('SIGINT', close)
process.once('SIGTERM', close)
