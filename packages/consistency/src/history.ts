/*
 * The requests of one browser, and their responses. Times are a counter that increases with each request and response of
 * the browser, so that no clock is needed.
 */

/** What a request does with the session. */
export type Kind =
  | 'begin'
  | 'push'
  | 'count'
  | 'set'
  | 'scratch'
  | 'flash'
  | 'show'
  | 'put'
  | 'take'
  | 'regenerate'
  | 'login'
  | 'logout'
  | 'read'

/**
 * How the change is committed: with the response, by `save()`, by `save()` with a retry if the store has failed, or by
 * `save()` followed by another change that the response commits.
 */
export type How = 'commit' | 'save' | 'insist' | 'more'

/** The session's data. Each write adds a unique mark, which shows how often the write was made. */
export interface Data {
  begun: string
  items: string[]
  count: number
  counted: string[]
  set: Record<string, true>
  scratch: string[]
  slot0: string
  slot1: string
  slot2: string
}

export const SLOTS = ['slot0', 'slot1', 'slot2'] as const
export type Slot = (typeof SLOTS)[number]

/** The keys that a login keeps: all except `scratch`. */
export const KEPT = ['begun', 'items', 'count', 'counted', 'set', ...SLOTS] as const

/** The content of a response, besides its status. */
export interface Answer {
  /** `session.explain().opened`. */
  readonly opened: string
  /** The subject before the operation. */
  readonly subject?: string | undefined
  readonly shown?: readonly string[] | undefined
  readonly taken?: string | undefined
  readonly data?: Partial<Data> | undefined
}

/** The operation. */
export interface Question {
  readonly kind: Kind
  readonly how: How
  readonly slot: Slot
  readonly user: string
}

export interface Operation extends Question {
  /** The unique mark of the operation, from the names of browser and operation. */
  readonly mark: string
  /** Name of the request's cookie: row and number, such as `b2`. */
  readonly cookie: string | undefined
  /** Name of the cookie that the response sets; `none` if it deletes the cookie. */
  readonly gets?: string | undefined
  readonly sentAt: number
  /** `Infinity`: there was no response, and the operation may still happen. */
  readonly answeredAt: number
  /** The address of the process that got the request. */
  readonly node: string
  /** When the response arrived, in epoch milliseconds. */
  readonly time: number
  /** 0: no response. */
  readonly status: number
  readonly answer?: Answer | undefined
}

/** An earlier cookie of the browser, tried again at the end. */
export interface Tried {
  readonly cookie: string
  /** When the browser received it. */
  readonly since: number
  readonly opens: boolean
}

export interface History {
  readonly browser: string
  /** In the order of sending. The last `read` is the final read of the browser's life. */
  readonly operations: readonly Operation[]
  readonly tried: readonly Tried[]
}

export const isDone = ({ status }: Operation): boolean => status === 200
export const isRefused = ({ status }: Operation): boolean => status === 409
/** It may have happened once, or may still happen. */
export const isUnknown = ({ status }: Operation): boolean => status === 0 || status === 503

/** The row in a cookie's name; undefined for none. */
export const rowOf = (cookie: string | undefined): string | undefined =>
  cookie === 'none' ? undefined : cookie?.replace(/\d+$/, '')

/** The browser's row after a request. */
export const rowAfter = ({ cookie, gets }: Operation): string | undefined => rowOf(gets ?? cookie)

/** Whether it certainly ended before the other began. An operation with an unknown outcome may still happen. */
export const isBefore = (one: Operation, other: Operation): boolean =>
  !isUnknown(one) && one.answeredAt < other.sentAt

/** The operations that give a session a new cookie. */
export const MOVES: ReadonlySet<Kind> = new Set<Kind>(['login', 'regenerate'])

/** Faults that may have destroyed acknowledged writes. */
export interface Losses {
  /** Periods in which acknowledged writes may be lost with a primary: epoch milliseconds, from and to. */
  readonly windows: readonly (readonly [number, number])[]
  /** Killed processes: their addresses, with the times in epoch milliseconds. */
  readonly deaths: ReadonlyMap<string, number>
}

/** How long a process tries to take back a new cookie after a 503. */
const TAKING_BACK_MS = 30_000

/**
 * A primary that fails loses the writes that its replica had not received, so the outcome of the latest writes is unknown.
 * A process that is killed after a 503 may not have taken back the new cookie, because no other process knows of it.
 */
export function inDoubt(history: History, { windows, deaths }: Losses): History {
  const isInWindow = ({ kind, time }: Operation): boolean =>
    kind !== 'read' && windows.some(([from, to]) => time >= from && time <= to)
  const isLeft = ({ kind, node, time, status }: Operation): boolean => {
    const later = (deaths.get(node) ?? -Infinity) - time
    return MOVES.has(kind) && status === 503 && later >= 0 && later < TAKING_BACK_MS
  }
  const doubt = (one: Operation): Operation =>
    (isDone(one) && isInWindow(one)) || isLeft(one) ? { ...one, status: 0, answeredAt: Infinity } : one
  return { ...history, operations: history.operations.map(doubt) }
}
