import type { UnderlyingSource } from 'node:stream/web'
import { cookies } from 'next/headers'
import { notFound, redirect } from 'next/navigation'
import type { NextRequest } from 'next/server'
import { getSession, withSession } from '../session.ts'

export async function GET() {
  const session = await getSession()
  return Response.json({ items: session.items ?? [], subject: session.subject ?? null })
}

export const POST = withSession(async (session, request: NextRequest) => {
  const how = request.nextUrl.searchParams.get('then')
  ;(session.items ??= []).push(how ?? 'posted')
  if (how === 'redirect') redirect('/api')
  if (how === 'miss') notFound()
  if (how === 'throw') throw new Error('on purpose')
  if (how === 'break') (await cookies()).set('other', '1')
  if (how === 'break') Object.assign(session, { seen: () => undefined })
  if (how === 'late') return new Response(lateStream(() => session.items?.push('late')))
  return Response.redirect(new URL('/api', request.url), 303)
})

export const DELETE = withSession((session) => {
  session.logout()
  return new Response(null, {
    status: 204,
    headers: { 'Cache-Control': 'public, max-age=60', Vary: 'Accept' },
  })
})

/** Changes the session when its reader asks for the body. */
const lateStream = (change: () => unknown): ReadableStream => {
  const source: UnderlyingSource = {
    pull(controller: ReadableStreamDefaultController) {
      change()
      controller.close()
    },
  }
  return new ReadableStream(source, { highWaterMark: 0 })
}
