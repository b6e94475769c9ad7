import type { APIRoute } from 'astro'

export const GET: APIRoute = ({ cookies, locals: { visit } }) => {
  visit.session.note = 'dark'
  cookies.set('theme', 'dark', { path: '/' })
  return new Response('dark', { headers: { 'X-Page': 'yes' } })
}
