import { cookieSession } from '@keepsake/arrival'
import { createSessions, memoryStore } from '@keepsake/core'
import { SECRET } from './visit-twice.ts'

/** What cookie-session has set for somebody who is logged in. */
const COOKIE = 'session=eyJ1c2VyIjoiYWRhIiwiY2FydCI6WyJib29rIl19; session.sig=qvbPq-_ppu2Nv90lw4WMdnZkffU'

export async function run(): Promise<void> {
  const keys = 'what cookie-session had'
  const arrival = cookieSession({ keys, until: '2036-03-01', subject: ({ user }) => user })
  const sessions = createSessions({ secrets: [SECRET], store: memoryStore(), arrivals: [arrival] })
  const { session } = await sessions.open(COOKIE)
  if (session.subject !== 'ada') throw new Error('nobody has arrived')
}
