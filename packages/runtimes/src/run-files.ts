import { isLeftOut } from './left-out.ts'
import type { Runtime } from './programs.ts'
import { type Result, testsOf, textOf } from './vitest/collect.ts'

/** The test files of a bundle, by path. */
export type Files = Readonly<Record<string, () => Promise<unknown>>>

/** The result of one test, which a bundle writes to standard output, one per line. */
export interface FileResult extends Result {
  readonly file: string
}

export const LINE = 'RESULT '
/** The last line. */
export const END = 'END'

/** Runs the files one after another, without tests that are left out on this runtime. A file that cannot be loaded is a failed test. */
export async function runFiles(runtime: Runtime, files: Files): Promise<void> {
  // The tested code must not keep a process alive.
  const alive = setInterval(() => undefined, 1000)
  for (const [file, load] of Object.entries(files)) {
    const write = (result: Result): void =>
      console.log(LINE + JSON.stringify({ ...result, file } satisfies FileResult))
    try {
      for await (const result of testsOf(load, (name) => isLeftOut(runtime, file, name))) write(result)
    } catch (error) {
      write({ name: 'the file', state: 'failed', problem: textOf(error) })
    }
  }
  clearInterval(alive)
  console.log(END)
}
