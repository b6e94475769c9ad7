import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { codec } from './codec.ts'
import { cookies } from './cookies.ts'
import { growth } from './growth.ts'
import { load } from './load.ts'
import { memory } from './memory.ts'
import { nodes } from './nodes.ts'
import { type Findings, report } from './report.ts'
import { requests } from './requests.ts'

/** The benchmarks, by the name that `pnpm bench NAME` takes. */
const BENCHMARKS: Readonly<Record<string, () => Promise<Findings>>> = {
  codec,
  nodes,
  cookies,
  requests,
  load,
  growth,
  memory,
}

const asked = process.argv.slice(2)
const [name = '', ...more] = asked
const run = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined

if (asked.length === 0) runAll()
else if (run !== undefined && more.length === 0) report(name, await run())
else {
  console.error(`There is no benchmark ${asked.join(' ')}; there are ${Object.keys(BENCHMARKS).join(', ')}.`)
  process.exitCode = 1
}

/** Each in a process of its own, so that none finds code that another has made slow by using it differently. */
function runAll(): void {
  const path = fileURLToPath(import.meta.url)
  for (const name of Object.keys(BENCHMARKS)) {
    const { status } = spawnSync(process.execPath, [path, name], { stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
  }
}
