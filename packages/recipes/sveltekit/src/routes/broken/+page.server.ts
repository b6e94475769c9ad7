import type { RequestEvent } from '@sveltejs/kit'

export function load({ locals: { visit } }: RequestEvent): never {
  visit.session.note = 'kept'
  throw new Error('this load function always fails')
}
