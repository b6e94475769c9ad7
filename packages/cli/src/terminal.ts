import { createInterface } from 'node:readline/promises'

/** How a long-running command talks to its user: standard error and standard input. */
export interface Terminal {
  /** Whether a person uses it interactively. */
  readonly isInteractive: boolean
  readonly write: (text: string) => void
  /** Reads the line that the user types. Interactive terminals only. */
  readonly ask: (question: string) => Promise<string>
  /**
   * Aborted by the first Ctrl-C from now on, so that the command can finish cleanly; a second one ends the process as if
   * there were no listener.
   */
  readonly interruption: () => AbortSignal
}

export function processTerminal(): Terminal {
  const { stdin, stderr: output } = process
  const isInteractive = stdin.isTTY && output.isTTY && process.env['TERM'] !== 'dumb'
  const interruption = new AbortController()
  return {
    isInteractive,
    write: (text) => void output.write(text),
    async ask(question) {
      const lines = createInterface({ input: stdin, output })
      // While a terminal is read line by line, its reader receives Ctrl-C.
      lines.on('SIGINT', () => interruption.abort())
      try {
        return await lines.question(question, { signal: interruption.signal })
      } catch {
        return ''
      } finally {
        lines.close()
      }
    },
    interruption() {
      process.once('SIGINT', () => interruption.abort())
      return interruption.signal
    },
  }
}
