/** Starts the shop in four processes behind one port. STORE has to be one that processes share. */
import cluster from 'node:cluster'
import { fileURLToPath } from 'node:url'

const PROCESSES = 4

process.env['STORE'] ||= 'redis'
cluster.setupPrimary({ exec: fileURLToPath(new URL('worker.ts', import.meta.url)) })
for (let n = 0; n < PROCESSES; n++) cluster.fork()

let isClosing = false
cluster.on('exit', (_worker, code) => {
  if (code !== 0) process.exitCode = 1
  // One that has crashed is started anew; one that could not open has said why.
  if (code === null && !isClosing) cluster.fork()
})

function close(): void {
  isClosing = true
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM')
  // The line between the processes would keep them running.
  cluster.disconnect()
}
process.once('SIGINT', close)
process.once('SIGTERM', close)
