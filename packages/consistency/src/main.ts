/* Runs browsers against each store that is asked for, prints a line for each, and fails where something answered did not hold. */
import { readOptions, type RunOptions } from './options.ts'
import { isClean, story, summary } from './report.ts'
import { run } from './run.ts'

/** Stories that are printed of one store; the first ones say enough. */
const STORIES = 5

async function tryStore(options: RunOptions): Promise<boolean> {
  const progress = await run(options, (soFar) => console.log(`… ${summary(options, soFar)}`))
  if (progress === undefined) return true
  const bad = progress.judged.filter(({ faults }) => faults.length > 0)
  for (const one of bad.slice(0, STORIES)) console.log(story(one))
  console.log(summary(options, progress))
  return isClean(progress)
}

for (const options of readOptions(process.argv.slice(2))) if (!(await tryStore(options))) process.exitCode = 1
