/*
 * `pnpm fuzz [target…]`: feeds targets with random input, one after the other, in as many threads as there are
 * processors. FUZZ_SECONDS is the time for all of them together (default 60), FUZZ_CASES a bound for each, FUZZ_THREADS
 * the number of threads. A finding prints the seed that repeats its case: `SEED=… FUZZ_CASES=1 pnpm fuzz target`.
 */
import { randomInt } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Budget, Outcome } from './run.ts'
import { targets } from './targets.ts'

function numberFrom(variable: string, fallback: number): number {
  const value = Number(process.env[variable] ?? fallback)
  if (!Number.isFinite(value) || value < 0) throw new Error(`${variable} must be a number from 0`)
  return value
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !targets.some((target) => target.name === name))
if (unknown.length > 0) {
  throw new Error(`no such target: ${unknown.join()}; there are ${targets.map(({ name }) => name).join()}`)
}
const names = asked.length > 0 ? asked : targets.map(({ name }) => name)
const seconds =
  numberFrom('FUZZ_SECONDS', process.env['FUZZ_CASES'] === undefined ? 60 : 86_400) / names.length
const cases = numberFrom('FUZZ_CASES', Number.MAX_SAFE_INTEGER)
const seed = numberFrom('SEED', randomInt(2 ** 32))
const threads = Math.min(cases, numberFrom('FUZZ_THREADS', availableParallelism()))

function outcomeOf(name: string, budget: Budget): Promise<Outcome> {
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: { name, budget } })
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

console.log(`SEED=${seed}, ${threads} threads`)
let findings = 0
for (const name of names) {
  const begun = performance.now()
  const outcomes = await Promise.all(
    Array.from({ length: threads }, (_, thread) =>
      outcomeOf(name, {
        seed: thread === 0 ? seed : (seed ^ Math.imul(thread, 0x85ebca6b)) >>> 0,
        cases: Math.ceil(cases / threads),
        seconds,
      }),
    ),
  )
  const done = outcomes.reduce((sum, outcome) => sum + outcome.cases, 0)
  const took = (performance.now() - begun) / 1000
  console.log(`${name.padEnd(8)} ${done.toLocaleString('en')} cases in ${took.toFixed(1)} s`)
  for (const { finding } of outcomes) {
    if (finding === undefined) continue
    findings++
    console.log(`FOUND: SEED=${finding.seed} FUZZ_CASES=1 pnpm fuzz ${name}\n${finding.message}`)
  }
}
if (findings > 0) process.exitCode = 1
