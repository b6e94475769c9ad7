import type { Cart } from './store-requests.ts'

/** The action of one request of a schedule on the shared session. */
export type Kind = 'push' | 'count' | 'note' | 'look' | 'logout' | 'login' | 'regenerate' | 'sweep' | 'wait'

export const MOVES: readonly Kind[] = ['regenerate', 'login']

/** A successful request, with its browser's cookie afterwards; undefined after a logout. */
export interface Done {
  readonly kind: Kind
  readonly n: number
  readonly cookie: string | undefined
}

/** The result of a schedule. */
export interface Outcome {
  /** The cookie of every request. */
  readonly cookie: string
  readonly done: readonly Done[]
  /** How many requests failed because their session had ended. */
  readonly refused: number
  /** Whether a request may have failed after it had written, because a day passed in the middle of it. */
  readonly hasLateFailure: boolean
  /** The data that each cookie opens, without cookies that open nothing. */
  readonly opened: ReadonlyMap<string, Partial<Cart>>
}

/** A cookie begins with the locator of its row, which stays when `regenerate` or `login` changes the rest: 16 bytes. */
const LOCATOR_CHARS = 21

/** A row of the store, and the actions on it. */
interface Row {
  readonly isFirst: boolean
  readonly done: readonly Done[]
  /** The data that each of its valid cookies opens. */
  readonly opened: readonly Partial<Cart>[]
}

/** Compares the requests' results with the final data, and reports what no store may allow. Pure. */
export function judge(outcome: Outcome): string[] {
  const { cookie, done, refused, opened } = outcome
  const faults: string[] = []
  const has = (...some: readonly Kind[]): boolean => done.some(({ kind }) => some.includes(kind))
  if (opened.has(cookie) && has('logout', 'wait', ...MOVES))
    faults.push('the session has ended or got a new cookie, but the old one still opens it: resurrected')
  if (refused > 0 && !has('login', 'logout', 'wait'))
    faults.push('a write failed although no request ended the session')
  for (const row of rowsOf(outcome)) {
    const [left, another] = row.opened
    if (another !== undefined) faults.push('two cookies open one session')
    const isEnded = has('wait') || (row.isFirst && has('logout'))
    if (left !== undefined) faults.push(...faultsOf(row, left, outcome))
    else if (!isEnded) faults.push('a session is gone although no request ended it')
  }
  return faults
}

const locatorOf = (value: string): string => value.slice(value.indexOf('=') + 1).slice(0, LOCATOR_CHARS)

function rowsOf({ cookie, done, opened }: Outcome): Row[] {
  const isIn = (locator: string, value: string | undefined): boolean =>
    value !== undefined && locatorOf(value) === locator
  const first = locatorOf(cookie)
  const others = done.flatMap((one) => (one.cookie === undefined ? [] : [locatorOf(one.cookie)]))
  return [...new Set([first, ...others])].map((locator) => ({
    isFirst: locator === first,
    done: done.filter((one) => isIn(locator, one.cookie)),
    opened: [...opened].filter(([value]) => isIn(locator, value)).map(([, data]) => data),
  }))
}

/**
 * A session contains its own requests' actions, once, and nothing else. Only a login that had to create a new row may also
 * contain a copy of the others' actions.
 */
function faultsOf(row: Row, { items = [], count = 0, note }: Partial<Cart>, outcome: Outcome): string[] {
  const faults: string[] = []
  const mayCopy = outcome.hasLateFailure || (!row.isFirst && row.done.some(({ kind }) => kind === 'login'))
  const known = mayCopy ? outcome.done : row.done
  const missing = itemsOf(row.done).filter((item) => !items.includes(item))
  const unknown = items.filter((item) => !itemsOf(known).includes(item))
  if (missing.length > 0) faults.push(`lost update: ${missing.join()}`)
  if (new Set(items).size < items.length) faults.push(`an item was saved twice: ${items.join()}`)
  if (unknown.length > 0 && !outcome.hasLateFailure)
    faults.push(`saved although the request failed: ${unknown.join()}`)
  if (count < countOf(row.done))
    faults.push(`lost update: counted ${countOf(row.done)} times, but the count is ${count}`)
  if (count > countOf(known) && !outcome.hasLateFailure)
    faults.push(`counted twice, or saved although the request failed: ${count} instead of ${countOf(known)}`)
  const notes = row.done.filter(({ kind }) => kind === 'note')
  if (note === undefined && notes.length > 0) faults.push('lost update: the note')
  return faults
}

const itemsOf = (done: readonly Done[]): string[] =>
  done.filter(({ kind }) => kind === 'push').map(({ n }) => `item ${n}`)

const countOf = (done: readonly Done[]): number => done.filter(({ kind }) => kind === 'count').length
