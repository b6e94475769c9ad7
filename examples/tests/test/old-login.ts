import { createSessions } from '@keepsake/core'

/** The value of a session's cookie, sealed with an app's secret, of a user who logged in this many minutes ago. */
export async function oldLogin(secret: string, username: string, minutes: number): Promise<string> {
  const now = (): number => Date.now() - minutes * 60_000
  const sessions = createSessions({ secrets: [secret], revocation: 'none', now })
  const visit = await sessions.open(undefined)
  visit.session.login(username)
  const [[, line = ''] = []] = await visit.close()
  return sessions.cookie.read(line.split(';', 1)[0]) ?? ''
}
