import type { APIRoute } from 'astro'

export const GET: APIRoute = ({ cookies, locals: { visit } }) => {
  visit.session.note = 'x'.repeat(5_000_000)
  cookies.set('theme', 'dark')
  return new Response('all is well', { headers: { 'X-Page': 'yes' } })
}
