import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** Starts a module of the benchmark in a process that answers messages, with this process's flags. */
export const start = (file: URL, ...args: readonly string[]): ChildProcess => fork(file, args)

/** The next message of a process. */
export async function answerOf<T>(child: ChildProcess): Promise<T> {
  const gone = new AbortController()
  const exited = (): void => gone.abort(new Error('a process of the benchmark exited early'))
  child.once('exit', exited)
  try {
    const [message] = (await once(child, 'message', { signal: gone.signal })) as [T]
    return message
  } finally {
    child.off('exit', exited)
  }
}

export async function ask<T>(child: ChildProcess, question: object): Promise<T> {
  const answer = answerOf<T>(child)
  child.send(question)
  return answer
}

/** Ends a process that exits when it is disconnected. */
export async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.disconnect()
  await exited
}
