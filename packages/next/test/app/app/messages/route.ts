import { withSession } from '../session.ts'

export const POST = withSession((session) => {
  session.flash('info', 'saved')
  return new Response()
})

export const GET = withSession((session) => Response.json(session.flash('info')))
