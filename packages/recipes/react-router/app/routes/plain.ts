export const loader = (): Response =>
  new Response('plain', { headers: { 'Cache-Control': 'public, max-age=60' } })
