import { cookieSession } from '@keepsake/arrival'
import { createSessions, memoryStore } from '@keepsake/core'
import { SECRET } from './visit-twice.ts'

/** The cookies that cookie-session has set for a logged-in user. */
const COOKIE = 'session=eyJ1c2VyIjoiYWRhIiwiY2FydCI6WyJib29rIl19; session.sig=qvbPq-_ppu2Nv90lw4WMdnZkffU'

export async function run(): Promise<void> {
  const keys = 'what cookie-session had'
  const arrival = cookieSession({ keys, until: '2036-03-01', subject: ({ user }) => user })
  const sessions = createSessions({ secrets: [SECRET], store: memoryStore(), arrivals: [arrival] })
  const { session } = await sessions.open(COOKIE)
  if (session.subject !== 'ada') throw new Error('the session of cookie-session did not arrive')
}
