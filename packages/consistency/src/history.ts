/*
 * What one browser has asked, and what it was told. Moments are numbers that grow with every question and every answer of
 * the browser, so that no clock is involved.
 */

/** What a request does with its session. */
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
 * How it is committed: when the response leaves, by `save()`, by `save()` and again if the store has failed, or by
 * `save()` with something more to be committed by the response.
 */
export type How = 'commit' | 'save' | 'insist' | 'more'

/** The session's data. Each write leaves a mark of its own in it, so that it can be told how often it was made. */
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

/** What a login keeps: all but `scratch`. */
export const KEPT = ['begun', 'items', 'count', 'counted', 'set', ...SLOTS] as const

/** What a node says beside the status. */
export interface Answer {
  /** `session.explain().opened`. */
  readonly opened: string
  /** Who was logged in when the request came. */
  readonly subject?: string | undefined
  readonly shown?: readonly string[] | undefined
  readonly taken?: string | undefined
  readonly data?: Partial<Data> | undefined
}

/** What is asked. */
export interface Question {
  readonly kind: Kind
  readonly how: How
  readonly slot: Slot
  readonly user: string
}

export interface Operation extends Question {
  /** The mark that it leaves: names the browser and the operation. */
  readonly mark: string
  /** Name of the cookie that it was sent with: row and number, such as `b2`. */
  readonly cookie: string | undefined
  /** Name of the cookie that its answer has set; `none` where it has taken the cookie away. */
  readonly gets?: string | undefined
  readonly sentAt: number
  /** `Infinity`: no answer came, and what was asked may still happen. */
  readonly answeredAt: number
  /** The address of the process that was asked. */
  readonly node: string
  /** When the answer came, in epoch milliseconds. */
  readonly time: number
  /** 0: none. */
  readonly status: number
  readonly answer?: Answer | undefined
}

/** A cookie that the browser had once, tried at the end. */
export interface Tried {
  readonly cookie: string
  /** The moment when the browser got it. */
  readonly since: number
  readonly opens: boolean
}

export interface History {
  readonly browser: string
  /** In the order in which they were sent. The last `read` is the one at the end of the browser's life. */
  readonly operations: readonly Operation[]
  readonly tried: readonly Tried[]
}

export const isDone = ({ status }: Operation): boolean => status === 200
export const isRefused = ({ status }: Operation): boolean => status === 409
/** It may have happened, once, or may still happen. */
export const isUnknown = ({ status }: Operation): boolean => status === 0 || status === 503

/** The row of a cookie's name; undefined for none. */
export const rowOf = (cookie: string | undefined): string | undefined =>
  cookie === 'none' ? undefined : cookie?.replace(/\d+$/, '')

/** The row that a request has left its browser with. */
export const rowAfter = ({ cookie, gets }: Operation): string | undefined => rowOf(gets ?? cookie)

/** Whether it was certainly over when the other began. What is unknown may still happen. */
export const isBefore = (one: Operation, other: Operation): boolean =>
  !isUnknown(one) && one.answeredAt < other.sentAt

/** What gives a session a new cookie. */
export const MOVES: ReadonlySet<Kind> = new Set<Kind>(['login', 'regenerate'])

/** What has taken along more than the browsers were told. */
export interface Losses {
  /** When answers may have been lost with a primary: epoch milliseconds, from and to. */
  readonly windows: readonly (readonly [number, number])[]
  /** When processes were killed: their addresses, and epoch milliseconds. */
  readonly deaths: ReadonlyMap<string, number>
}

/** For so long a process tries to take back a new cookie that it has answered with a 503. */
const TAKING_BACK_MS = 30_000

/**
 * A primary that fails takes along what its replica had not got yet, so that what was answered shortly before is unknown.
 * And a process that is killed after a 503 may not have taken back the new cookie: then only it has known it.
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
