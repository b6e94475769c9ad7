import type { StoredSession } from '@keepsake/core'
import { pageOf, tableOf } from '../page.ts'
import { distance } from '../record.ts'

/** @param now Epoch milliseconds. */
export function listPage(sessions: readonly StoredSession[], now: number): string {
  if (sessions.length === 0) return 'no sessions'
  const ago = (date: Date): string => distance(date.toISOString(), now)
  return tableOf([
    ['HANDLE', 'SUBJECT', 'CREATED', 'LAST SEEN', 'ENDS', 'BYTES', 'LABEL'],
    ...sessions.map(({ handle, subject, createdAt, lastSeenAt, expiresAt, bytes, label }) => [
      handle,
      subject ?? ANONYMOUS,
      ago(createdAt),
      ago(lastSeenAt),
      ago(expiresAt),
      `${bytes}`,
      label ?? '',
    ]),
  ])
}

/** @param now Epoch milliseconds. */
export function sessionPage(session: StoredSession, now: number): string {
  const at = (date: Date): string => `${date.toISOString()}  (${distance(date.toISOString(), now)})`
  return pageOf([
    {
      title: session.handle,
      rows: [
        ['subject', session.subject ?? ANONYMOUS],
        ['label', session.label ?? ''],
        ['created', at(session.createdAt)],
        ['last seen', at(session.lastSeenAt)],
        ['ends', at(session.expiresAt)],
        ['permanent', session.permanent ? 'yes' : 'no'],
        ['bytes', `${session.bytes}`],
        ['keys', session.keys.join(', ')],
      ],
    },
  ])
}

const ANONYMOUS = '(anonymous)'
