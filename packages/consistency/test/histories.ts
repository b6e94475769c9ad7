import type { Answer, Data, History, Kind, Operation, Tried } from '../src/history.ts'

/** The differences from an operation that follows the previous one and is answered with 200. */
export type Step = { readonly kind: Kind } & Partial<Operation>

/** A history of operations. Each is sent after the previous one's response, unless a step says otherwise. */
export function historyOf(steps: readonly Step[], tried: readonly Tried[] = []): History {
  const operations = steps.map((step, at): Operation => ({
    how: 'commit',
    slot: 'slot0',
    user: 'ada',
    mark: String(at),
    cookie: 'a1',
    node: 'http://node.example',
    sentAt: 10 * at,
    answeredAt: 10 * at + 5,
    time: at,
    status: 200,
    ...step,
    answer: step.answer ?? (step.status === undefined || step.status === 200 ? OPENED : undefined),
  }))
  return { browser: 'b', operations, tried }
}

export const OPENED: Answer = { opened: 'opened' }

/** A read that shows this data. */
export const read = (data: Partial<Data>, more: Partial<Answer> = {}): Step => ({
  kind: 'read',
  answer: { ...OPENED, data, ...more },
})

/** The read of a browser whose cookie opens nothing. */
export const readsNothing: Step = { kind: 'read', answer: { opened: 'superseded', data: {} } }
