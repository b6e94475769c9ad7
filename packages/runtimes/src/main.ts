/** `node src/main.ts RUNTIME FILE…`: runs test files, such as `core/test/gone.test.ts`, on one runtime. */
import { bundle } from './bundle.ts'
import { RUNTIMES } from './programs.ts'
import { runOn } from './run.ts'

const [name, ...files] = process.argv.slice(2)
const runtime = RUNTIMES.find((runtime) => runtime === name)
if (runtime === undefined) throw new Error(`expected a runtime: ${RUNTIMES.join(' | ')}`)
const results = await runOn(runtime, await bundle(runtime, files))
for (const { file, name, state, problem } of results) {
  if (state === 'failed') console.error(`${file} > ${name}\n${problem}\n`)
}
const count = (wanted: string): number => results.filter(({ state }) => state === wanted).length
console.log(`${runtime}: ${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`)
if (count('failed') > 0) process.exitCode = 1
