import { createSessions, withSession } from '@keepsake/fetch'
import { SECRET, visitHandlerTwice } from './visit-twice.ts'

export function run(): Promise<void> {
  const sessions = createSessions<{ visits: number }>({ secrets: [SECRET] })
  return visitHandlerTwice(
    withSession(sessions, (_request, session) => {
      session.visits = (session.visits ?? 0) + 1
      return new Response(`visit ${session.visits}`)
    }),
  )
}
