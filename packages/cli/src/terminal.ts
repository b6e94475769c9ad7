import { createInterface } from 'node:readline/promises'

/** What a command that takes long says to whoever waits for it, and hears from him; by standard error and standard input. */
export interface Terminal {
  /** Whether a person sits there. */
  readonly isInteractive: boolean
  readonly write: (text: string) => void
  /** The line that is typed. Only where somebody sits there. */
  readonly ask: (question: string) => Promise<string>
  /**
   * Aborted by the first Ctrl-C from now on, so that the command can end in order; by a second one, the process ends as if
   * nobody had listened.
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
      // A terminal that is read line by line hands Ctrl-C to who reads it.
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
