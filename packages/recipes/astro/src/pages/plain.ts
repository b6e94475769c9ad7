import type { APIRoute } from 'astro'

export const GET: APIRoute = () =>
  new Response('plain', { headers: { 'Cache-Control': 'public, max-age=60' } })
