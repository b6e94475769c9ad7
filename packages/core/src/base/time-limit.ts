import { StoreTimeoutError } from './errors.ts'
import type { MaybePromise } from './maybe-promise.ts'
import { SHARES_TIMERS } from './runtime.ts'

/**
 * Limits the time of a store task. After that the caller gets an error, the task's later result or error
 * is dropped, and `isOver` tells it not to begin anything new. A synchronous task costs nothing.
 *
 * @throws {StoreTimeoutError}
 */
export type TimeLimit = <T>(task: (isOver: () => boolean) => MaybePromise<T>) => MaybePromise<T>

/** A task that has not ended. */
interface Pending {
  readonly since: number
  isOver: boolean
  readonly giveUp: () => void
}

/** Abandons tasks that have not ended in time. */
interface Clock {
  begin(task: Pending): void
  end(task: Pending): void
}

/**
 * One timer for all tasks of the same limit, set for the oldest one: a timer for each would cost more than the task. It
 * keeps the process alive while a task is pending.
 */
function createSharedClock(milliseconds: number): Clock {
  // In the order in which they began, which is also the order of their deadlines.
  const pending = new Set<Pending>()
  let timer: NodeJS.Timeout | undefined

  function setTimer(): void {
    const [oldest] = pending
    const left = oldest && Math.max(0, oldest.since + milliseconds - performance.now())
    // If the event loop was blocked, pending replies are read first: they are not late.
    timer = left === undefined ? undefined : setTimeout(() => setImmediate(giveUpLate), left)
  }

  function giveUpLate(): void {
    const now = performance.now()
    for (const task of pending) {
      if (now - task.since < milliseconds) break
      pending.delete(task)
      giveUp(task)
    }
    setTimer()
  }

  return {
    begin(task) {
      pending.add(task)
      if (timer === undefined) setTimer()
      else timer.ref()
    },
    end(task) {
      pending.delete(task)
      if (pending.size === 0) timer?.unref()
    },
  }
}

/** A timer for each task. */
function createLoneClock(milliseconds: number): Clock {
  const timers = new Map<Pending, NodeJS.Timeout>()
  return {
    begin(task) {
      const late = (): void => {
        timers.delete(task)
        giveUp(task)
      }
      timers.set(task, setTimeout(late, milliseconds))
    },
    end(task) {
      clearTimeout(timers.get(task))
      timers.delete(task)
    },
  }
}

function giveUp(task: Pending): void {
  task.isOver = true
  task.giveUp()
}

export function createTimeLimit(milliseconds: number): TimeLimit {
  const clock = SHARES_TIMERS ? createSharedClock(milliseconds) : createLoneClock(milliseconds)
  return (work) => {
    let task: Pending | undefined
    const working = work(() => task?.isOver === true)
    if (!(working instanceof Promise)) return working
    return new Promise((resolve, reject) => {
      const giveUp = (): void => reject(new StoreTimeoutError(milliseconds))
      const mine: Pending = { since: performance.now(), isOver: false, giveUp }
      task = mine
      clock.begin(mine)
      const ended =
        <V>(settle: (value: V) => void) =>
        (value: V): void => {
          clock.end(mine)
          settle(value)
        }
      working.then(ended(resolve), ended(reject))
    })
  }
}
