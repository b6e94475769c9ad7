import { withSession } from '../../session.ts'

export const POST = withSession((session) => {
  session.login('ada')
  return new Response(null, { status: 303, headers: { Location: '/device' } })
})
