import { type Data, type History, isDone, isRefused, isUnknown, type Operation, SLOTS } from './history.ts'

/** One change that an operation requested, and its outcome. */
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

/** The marks of an operation in the data. Flash messages have none: they disappear when they are shown. */
export function marksOf(operation: Operation): Mark[] {
  const { kind, how, mark, status } = operation
  const verdict = isDone(operation) ? 'done' : isRefused(operation) ? 'refused' : 'unknown'
  const own: Mark[] = WRITES.has(kind) ? [{ text: mark, by: operation, verdict }] : []
  if (how !== 'more') return own
  // The first part may or may not have been saved before the response was refused.
  const first = own.map((one) => (status === 409 ? { ...one, verdict: 'unknown' as const } : one))
  return [...first, { text: secondMark(mark), by: operation, verdict }]
}

/** The entry that `how: 'more'` adds to the list after it has saved. */
export const secondMark = (mark: string): string => `${mark}+`

/** Every mark in a session's data, with repetitions. */
export function marksIn(data: Partial<Data>): string[] {
  const { begun, items = [], counted = [], set = {}, scratch = [] } = data
  const slots = SLOTS.map((slot) => data[slot])
  return [begun, ...items, ...counted, ...Object.keys(set), ...scratch, ...slots].filter(
    (mark) => mark !== undefined,
  )
}

/** Operations that may have happened; a refused one up to its `save()`. */
export const mayHaveHappened = (operation: Operation): boolean =>
  isDone(operation) || isUnknown(operation) || (isRefused(operation) && operation.how === 'more')

/** The final read of a browser's life. */
export const lastRead = ({ operations }: History): Operation | undefined =>
  operations.findLast(({ kind }) => kind === 'read')
