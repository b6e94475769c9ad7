import type { Terminal } from './terminal.ts'

/** Says how far some work has come. */
export interface Progress {
  /** One more is done. */
  readonly step: () => void
  /** How far it has come, in words: `1200 of 5000 read`. */
  readonly text: () => string
  /** Takes the bar off the screen. */
  readonly end: () => void
}

/** Steps between two pictures of a bar, and between two lines where nobody sits at a terminal. */
const REDRAW = 50
const LINE = 1000
const WIDTH = 30

/**
 * A bar on a terminal, and a line now and then where there is none.
 *
 * @param done What a step does, as a participle: `read`.
 * @param total Undefined where nobody knows how many there are.
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
