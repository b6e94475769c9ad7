import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Lock, openLock } from './lock.ts'

/** Lets one task at a time hold a name, among all processes on the machine that use the directory. */
export interface Locks {
  /** Creates the directory if it is missing. */
  prepare(): Promise<void>
  /** Runs the task while no other task holds the name. Tasks whose names start alike may wait for each other. */
  hold<T>(name: string, task: () => Promise<T>): Promise<T>
  /** Closes the lock files once all running tasks are done. */
  close(): Promise<void>
}

/**
 * Locks in a directory, which the first lock creates with mode 0700. One file per first digit of a name: few enough to keep
 * open. Lock files are never removed, because a process that holds one would not notice.
 */
export function createLocks(directory: string): Locks {
  const locks = new Map<string, Lock>()
  const last = new Map<string, Promise<unknown>>()
  let made: Promise<unknown> | undefined
  let isClosed = false

  async function prepare(): Promise<void> {
    made ??= mkdir(directory, { recursive: true, mode: 0o700 })
    await made.catch((error: unknown) => {
      made = undefined
      throw error
    })
    if (isClosed) throw new Error('the store is closed')
  }

  async function lockOf(digit: string): Promise<Lock> {
    await prepare()
    const lock = locks.get(digit) ?? openLock(join(directory, `lock-${digit}`))
    locks.set(digit, lock)
    return lock
  }

  async function alone<T>(digit: string, since: number, task: () => Promise<T>): Promise<T> {
    const lock = await lockOf(digit)
    await lock.take(since)
    try {
      return await task()
    } finally {
      lock.giveBack()
    }
  }

  return Object.freeze<Locks>({
    prepare,
    hold(name, task) {
      const digit = name.slice(0, 1)
      // Measured from here, so that tasks queued behind one that times out do not each wait the full time after it.
      const since = performance.now()
      const turn = () => alone(digit, since, task)
      const mine = (last.get(digit) ?? Promise.resolve()).then(turn, turn)
      last.set(digit, mine)
      return mine
    },
    async close() {
      await Promise.allSettled(last.values())
      isClosed = true
      for (const lock of locks.values()) lock.close()
      locks.clear()
    },
  })
}
