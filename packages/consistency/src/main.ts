/* Runs browsers against each chosen store, prints a line per store, and fails if an acknowledged change was lost. */
import { readOptions, type RunOptions } from './options.ts'
import { isClean, story, summary } from './report.ts'
import { run } from './run.ts'

/** The number of faulty histories to print per store; the first ones are enough. */
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
