import { execFileSync } from 'node:child_process'

/**
 * Keeps this process, and those that it starts from now on, on the first core, if this system has `taskset`. Where a client and its
 * server run on two cores, a wake-up costs several times as much as where they share one, and the scheduler moves them.
 */
export function stayOnOneCore(): void {
  try {
    execFileSync('taskset', ['--all-tasks', '--pid', '--cpu-list', '0', String(process.pid)], {
      stdio: 'ignore',
    })
  } catch {
    // Other systems measure with the noise of their scheduler.
  }
}
