import { parentPort, workerData } from 'node:worker_threads'
import { type Budget, run } from './run.ts'
import { targets } from './targets.ts'

const { name, budget } = workerData as { name: string; budget: Budget }
const target = targets.find((one) => one.name === name)
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of a thread has no origin
if (target !== undefined) parentPort?.postMessage(run(target, budget))
