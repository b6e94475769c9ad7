import { handleOf, keyOfHandle } from './device.ts'

/** The rows of one session: the one it has, and the one it had until a moment ago. */
export type Seat = readonly string[]

/** The sessions of a subject that count, the one that logged in first first. */
export type Roster = readonly Seat[]

/** A session that takes a seat: its row, and the row of the one that it goes on from or takes the place of. */
export interface Arrival {
  readonly key: string
  readonly from: string | undefined
  /** Whether it has logged in just now, and not only got a new id. */
  readonly isLogin: boolean
}

/** The roster with a session in the seat of the one that it comes from; undefined when that one has none. */
export function reseated(roster: Roster, { key, from, isLogin }: Arrival): Roster | undefined {
  const at = roster.findIndex((seat) => from !== undefined && seat.includes(from))
  if (at < 0 || from === undefined) return undefined
  const seat = [from, key]
  const others = roster.filter((_, index) => index !== at)
  return isLogin ? [...others, seat] : others.toSpliced(at, 0, seat)
}

/** What becomes of the sessions of a subject when one more logs in. */
export interface Seating {
  readonly roster: Roster
  readonly evicted: readonly Seat[]
}

/** Seats a session behind those that live; undefined when there are too many and none is to go. */
export function seated(living: Roster, key: string, { max, excess }: SessionLimit): Seating | undefined {
  const over = living.length + 1 - max
  if (over > 0 && excess === 'reject') return undefined
  const gone = Math.max(over, 0)
  return { roster: [...living.slice(gone), [key]], evicted: living.slice(0, gone) }
}

/** How many sessions a subject may have, and what happens to one more. */
export interface SessionLimit {
  readonly max: number
  readonly excess: 'reject' | 'evict-oldest'
}

const NAME = 'roster'

/** A list, so that nobody takes it for a record. */
export const rosterText = (roster: Roster): string =>
  JSON.stringify([NAME, roster.map((seat) => seat.map(handleOf))])

/** Of a text that `rosterText` wrote. */
export function readRoster(text: string): Roster {
  const [name, seats] = JSON.parse(text) as [string, string[][]]
  if (name !== NAME) throw new TypeError('no roster')
  return seats.map((seat) => seat.flatMap((handle) => keyOfHandle(handle) ?? []))
}
