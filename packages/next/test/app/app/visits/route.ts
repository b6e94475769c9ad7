import { createNextSession, createSessions } from '@keepsake/next'

const { withSession } = createNextSession(() =>
  createSessions<{ visits: number }>({ secrets: [process.env.SESSION_SECRET] }),
)

export const GET = withSession(async (session) => {
  session.visits = (session.visits ?? 0) + 1
  return new Response(`visit ${session.visits}`)
})
