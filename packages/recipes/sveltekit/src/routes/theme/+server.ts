import type { RequestEvent } from '@sveltejs/kit'

export function GET({ cookies, locals: { visit } }: RequestEvent): Response {
  visit.session.note = 'dark'
  cookies.set('theme', 'dark', { path: '/' })
  return new Response('dark', { headers: { 'X-Page': 'yes' } })
}
