import type { Terminal } from './terminal.ts'

/** Reports the progress of some work. */
export interface Progress {
  /** Counts one more step. */
  readonly step: () => void
  /** The progress in words: `1200 of 5000 read`. */
  readonly text: () => string
  /** Removes the bar from the screen. */
  readonly end: () => void
}

/** Steps between two updates of the bar, and between two lines without a terminal. */
const REDRAW = 50
const LINE = 1000
const WIDTH = 30

/**
 * A bar on a terminal, and an occasional line elsewhere.
 *
 * @param done The past participle of a step: `read`.
 * @param total Undefined if the total is unknown.
 */
export function createProgress(
  { isInteractive, write }: Pick<Terminal, 'isInteractive' | 'write'>,
  done: string,
  total: number | undefined,
): Progress {
  let steps = 0
  const text = (): string => `${steps}${total === undefined ? '' : ` of ${Math.max(steps, total)}`} ${done}`
  return {
    step() {
      steps++
      if (isInteractive && steps % REDRAW === 0) write(`\r${CLEAR}${barOf(steps, total)}${text()}`)
      else if (!isInteractive && steps % LINE === 0) write(`${text()}\n`)
    },
    text,
    end() {
      if (isInteractive) write(`\r${CLEAR}`)
    },
  }
}

/** Clears the rest of the line. */
const CLEAR = '\u001B[K'

function barOf(steps: number, total: number | undefined): string {
  if (total === undefined) return ''
  const filled = Math.round((Math.min(steps, total) / total) * WIDTH)
  return `[${'#'.repeat(filled).padEnd(WIDTH)}] `
}
