import type { ChildProcess } from 'node:child_process'
import { answerOf, ask, end, start } from '../child-process.ts'
import { showProgress } from '../progress.ts'
import { shuffled } from '../rounds.ts'
import type { Turn, TurnsTask } from './turns-child.ts'

/** An application in a process of its own. */
interface Player {
  readonly name: string
  readonly child: ChildProcess
  readonly turns: Turn[]
}

/**
 * The CPU of applications of node:http whose processes take turns: microseconds per request, one value per turn.
 *
 * A process has a single library, as in production. The CPU between the beginnings of two turns counts, so that a request
 * pays for what it leaves behind: a timer that fires five seconds later, or garbage. In a process of several libraries
 * everyone would pay for the timers of one.
 */
export async function takeTurns(
  title: string,
  tasks: readonly TurnsTask[],
  rounds: number,
): Promise<(name: string) => readonly number[]> {
  const players: Player[] = []
  for (const task of tasks) {
    showProgress(`${title}: warming up ${task.name}`)
    const child = start(CHILD, JSON.stringify(task))
    await answerOf(child)
    players.push({ name: task.name, child, turns: [] })
  }
  // The last turn ends with the beginning of one more.
  for (let round = 0; round <= rounds; round++) {
    showProgress(`${title}: round ${round} of ${rounds}`)
    for (const { child, turns } of shuffled(players)) turns.push(await ask<Turn>(child, {}))
  }
  showProgress('')
  for (const { child } of players) await end(child)
  const all = new Map(players.map(({ name, turns }) => [name, costsOf(turns)]))
  return (name) => all.get(name) ?? []
}

const CHILD = new URL('turns-child.ts', import.meta.url)

const costsOf = (turns: readonly Turn[]): number[] =>
  turns.slice(1).map(({ cpuBefore }, n) => {
    const { cpuBefore: from = Number.NaN, times = Number.NaN } = turns[n] ?? {}
    return (cpuBefore - from) / times
  })
