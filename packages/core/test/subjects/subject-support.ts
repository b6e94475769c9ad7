import type { AnySessions } from '../row-support.ts'
import { present, request } from '../store-support.ts'

/** Logs a user in without a cookie, and returns the browser's resulting cookie. */
export const login = async (sessions: AnySessions, subject = 'alice', label?: string): Promise<string> =>
  present(await request(sessions, undefined, (session) => session.login(subject, { label })))

export const isAlive = async (sessions: AnySessions, cookie: string | undefined): Promise<boolean> =>
  !(await sessions.open(cookie)).session.isNew

/** The labels of alice's sessions, sorted. */
export async function labelsOf(sessions: AnySessions): Promise<string> {
  const labels = (await sessions.listFor('alice')).map(({ label = '-' }) => label)
  return labels.toSorted((a, b) => a.localeCompare(b)).join()
}
