import { type Data, type History, isDone, isRefused, isUnknown, type Operation, SLOTS } from './history.ts'

/** One change that an operation has asked for, and what it was told of it. */
export interface Mark {
  readonly text: string
  readonly by: Operation
  readonly verdict: 'done' | 'refused' | 'unknown'
}

const WRITES: ReadonlySet<string> = new Set([
  'begin',
  'push',
  'count',
  'set',
  'scratch',
  'put',
  'regenerate',
  'login',
])

/** The marks that an operation leaves in the data. Flash messages are none: they go when they are shown. */
export function marksOf(operation: Operation): Mark[] {
  const { kind, how, mark, status } = operation
  const verdict = isDone(operation) ? 'done' : isRefused(operation) ? 'refused' : 'unknown'
  const own: Mark[] = WRITES.has(kind) ? [{ text: mark, by: operation, verdict }] : []
  if (how !== 'more') return own
  // The first part was saved before the response was refused, or was not.
  const first = own.map((one) => (status === 409 ? { ...one, verdict: 'unknown' as const } : one))
  return [...first, { text: secondMark(mark), by: operation, verdict }]
}

/** What `how: 'more'` puts into the list after it has saved. */
export const secondMark = (mark: string): string => `${mark}+`

/** Every mark in the data of a session, as often as it is there. */
export function marksIn(data: Partial<Data>): string[] {
  const { begun, items = [], counted = [], set = {}, scratch = [] } = data
  const slots = SLOTS.map((slot) => data[slot])
  return [begun, ...items, ...counted, ...Object.keys(set), ...scratch, ...slots].filter(
    (mark) => mark !== undefined,
  )
}

/** Operations that may have been carried out. */
export const mayHaveHappened = (operation: Operation): boolean => isDone(operation) || isUnknown(operation)

/** The read at the end of a browser's life. */
export const lastRead = ({ operations }: History): Operation | undefined =>
  operations.findLast(({ kind }) => kind === 'read')
