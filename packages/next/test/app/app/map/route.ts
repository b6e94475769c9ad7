import { withSession } from '../session.ts'

export const POST = withSession((session) => {
  session.seen = new Map()
  return new Response()
})
