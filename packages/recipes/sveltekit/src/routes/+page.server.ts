import { redirect, type RequestEvent } from '@sveltejs/kit'

export function load({ locals: { visit }, setHeaders }: RequestEvent) {
  const { session } = visit
  session.visits = (session.visits ?? 0) + 1
  setHeaders({ 'Cache-Control': 'public, max-age=60' })
  return { visits: session.visits, note: session.note }
}

export const actions = {
  async default({ request, locals: { visit } }: RequestEvent) {
    const note = (await request.formData()).get('note')
    if (typeof note === 'string') visit.session.note = note
    redirect(303, '/')
  },
}
