import { createNextSession, createSessions } from '@keepsake/next'

const { withSession } = createNextSession(() => createSessions({ secrets: [process.env.SESSION_SECRET] }))

export const GET = withSession(async (session) => {
  session.visits = Number(session.visits ?? 0) + 1
  return new Response(`visit ${session.visits}`)
})
