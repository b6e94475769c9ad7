import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { codec } from './codec.ts'
import { cookies } from './cookies.ts'
import { figures } from './figures.ts'
import { growth } from './growth.ts'
import { holds } from './holds.ts'
import { hosts } from './hosts.ts'
import { load } from './load.ts'
import { memory } from './memory.ts'
import { nodes } from './nodes.ts'
import { loadNow, quietLoad } from './noise.ts'
import { type Findings, report } from './report.ts'
import { requests } from './requests.ts'

/** The benchmarks, by their name for `pnpm bench NAME`. */
const BENCHMARKS: Readonly<Record<string, () => Promise<Findings>>> = {
  figures,
  codec,
  nodes,
  cookies,
  requests,
  hosts,
  load,
  growth,
  holds,
  memory,
}

/** The load average when the whole run began; `runAll` passes it to each part. */
const LOAD = '--load='

const [name = '', ...more] = process.argv.slice(2)
const run = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined
const told = more.find((argument) => argument.startsWith(LOAD))

if (name === '') runAll(await quietLoad())
else if (run !== undefined && more.length === (told === undefined ? 0 : 1)) {
  const load = told === undefined ? await quietLoad() : Number(told.slice(LOAD.length))
  const before = loadNow()
  report(name, await run(), load, before)
} else {
  const asked = [name, ...more].join(' ')
  console.error(`Unknown benchmark ${asked}; expected one of ${Object.keys(BENCHMARKS).join(', ')}.`)
  process.exitCode = 1
}

/** Each in a separate process, so that code optimized for one does not slow down another. */
function runAll(load: number): void {
  const path = fileURLToPath(import.meta.url)
  for (const name of Object.keys(BENCHMARKS)) {
    const { status } = spawnSync(process.execPath, [path, name, `${LOAD}${load}`], { stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
  }
}
