import type { RequestEvent } from '@sveltejs/kit'

export function GET({ locals: { visit } }: RequestEvent): Response {
  visit.session.note = 'x'.repeat(5_000_000)
  return new Response('all is well', { headers: { 'X-Page': 'yes' } })
}
