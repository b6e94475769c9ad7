import type { History, Operation } from './history.ts'
import type { RunOptions } from './options.ts'
import type { Judged, Progress } from './run.ts'
import type { FaultKind } from './verdict.ts'

const KINDS: readonly FaultKind[] = [
  'lost',
  'doubled',
  'refused, and there',
  'revived',
  'counter',
  'shown twice',
  'logged out',
  'stranger',
]

/** Whether there are no faults. */
export const isClean = ({ judged, crashes }: Progress): boolean =>
  crashes === 0 && judged.every(({ faults }) => faults.length === 0)

/** The summary line of a store. */
export function summary(
  { store, seed }: RunOptions,
  { statuses, judged, happened, crashes }: Progress,
): string {
  const count = (...some: readonly number[]): number =>
    some.reduce((sum, status) => sum + (statuses.get(status) ?? 0), 0)
  const all = [...statuses.values()].reduce((sum, number) => sum + number, 0)
  const faults = judged.flatMap((one) => one.faults)
  const kinds = KINDS.map((kind) => `${faults.filter((fault) => fault.kind === kind).length} ${kind}`)
  const told = [`${count(200)} acknowledged`, `${count(0, 503)} unknown`, `${count(409)} refused`]
  const other = `${all - count(200, 0, 503, 409)} other statuses`
  return [
    `${store.padEnd(8)} ${all} operations: ${told.join(', ')}; ${kinds.join(', ')}, ${other}, ${crashes} crashes`,
    `${' '.repeat(8)} ${judged.length} browsers; ${excusesIn(judged)}; ${faultsIn(happened)}; --seed ${seed}`,
  ].join('\n')
}

function excusesIn(judged: readonly Judged[]): string {
  const counts = new Map<string, number>()
  for (const excuse of judged.flatMap(({ excused }) => excused))
    counts.set(excuse, (counts.get(excuse) ?? 0) + 1)
  return `excused: ${listed(counts)}`
}

const faultsIn = (happened: ReadonlyMap<string, number>): string => `happened: ${listed(happened)}`

const listed = (counts: ReadonlyMap<string, number>): string =>
  counts.size === 0 ? 'nothing' : Array.from(counts, ([name, count]) => `${count} ${name}`).join(', ')

/** The faults in a browser's life, with all its requests. Shows names of cookies, but no cookies. */
export function story({ history, faults }: Judged): string {
  const wrong = faults.map(({ kind, what }) => `  ${kind.toUpperCase()}: ${what}`)
  return [`browser ${history.browser}`, ...wrong, ...history.operations.map(lineOf), ...tried(history)].join(
    '\n',
  )
}

function lineOf(operation: Operation): string {
  const { mark, kind, how, slot, user, cookie = 'none', gets, sentAt, answeredAt, status, answer } = operation
  const what =
    kind === 'login' ? `login ${user}` : kind === 'put' || kind === 'take' ? `${kind} ${slot}` : kind
  const times = `${sentAt}–${answeredAt === Infinity ? '' : answeredAt}`
  const told = answer === undefined ? '' : ` ${JSON.stringify(answer)}`
  const cookies = gets === undefined ? cookie : `${cookie} → ${gets}`
  return `  ${mark.padEnd(8)} ${times.padEnd(9)} ${cookies.padEnd(8)} ${what} (${how}): ${status === 0 ? 'no answer' : status}${told}`
}

const tried = ({ tried: cookies }: History): string[] =>
  cookies.filter(({ opens }) => opens).map(({ cookie }) => `  tried at the end: ${cookie} opens`)
