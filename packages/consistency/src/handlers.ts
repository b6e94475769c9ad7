import type { Session } from '@keepsake/core'
import { StoreError } from '@keepsake/core'
import { type Answer, type Data, KEPT, type Question } from './history.ts'
import { secondMark } from './marks.ts'

/** The operation that a request asks of a node, from its query. */
export interface Asked extends Question {
  readonly mark: string
  /** How long the handler waits between reading the session and changing it, in milliseconds. */
  readonly pause: number
}

type ShopSession = Session<Data>

const CHANGES: Readonly<Record<Question['kind'], (session: ShopSession, asked: Asked) => void>> = {
  begin: (session, { mark }) => (session.begun = mark),
  push: (session, { mark }) => (session.items ??= []).push(mark),
  count: (session, { mark }) =>
    session.update((data) => {
      data.count = (data.count ?? 0) + 1
      ;(data.counted ??= []).push(mark)
    }),
  set: (session, { mark }) => (session.set = { ...session.set, [mark]: true }),
  scratch: (session, { mark }) => (session.scratch ??= []).push(mark),
  flash: (session, { mark }) => session.flash('info', mark),
  put: (session, { mark, slot }) => (session[slot] = mark),
  regenerate(session, { mark }) {
    ;(session.items ??= []).push(mark)
    session.regenerate()
  },
  login(session, { mark, user }) {
    ;(session.items ??= []).push(mark)
    session.login(user, { keep: KEPT })
  },
  logout: (session) => session.logout(),
  show: () => undefined,
  take: () => undefined,
  read: () => undefined,
}

/** Applies the operation to the session, commits it as requested, and returns the response's content. */
export async function handle(session: ShopSession, asked: Asked): Promise<Answer> {
  const answer = { opened: session.explain().opened, subject: session.subject }
  const { kind, how, slot } = asked
  if (kind === 'read') return { ...answer, data: Object.assign({}, session) }
  if (kind === 'take') return { ...answer, taken: await session.take(slot) }
  CHANGES[kind](session, asked)
  const shown = kind === 'show' ? session.flash('info') : undefined
  await commit(session, how)
  if (how === 'more') (session.items ??= []).push(secondMark(asked.mark))
  return { ...answer, shown }
}

async function commit(session: ShopSession, how: Question['how']): Promise<void> {
  if (how === 'commit') return
  try {
    await session.save()
  } catch (error) {
    if (how !== 'insist' || !(error instanceof StoreError)) throw error
    await session.save()
  }
}
