import { getRequestListener } from '@hono/node-server'
import { createSessions, withSession } from '@keepsake/fetch'
import { SECRET, visitTwice } from './visit-twice.ts'

export function run(): Promise<void> {
  const sessions = createSessions<{ visits: number }>({ secrets: [SECRET] })
  const serve = getRequestListener(
    withSession(sessions, (_request, session) => {
      session.visits = (session.visits ?? 0) + 1
      return new Response(`visit ${session.visits}`)
    }),
  )
  return visitTwice((req, res) => void serve(req, res))
}
