import * as iron from '@hapi/iron'
import { type H3Event, sealSession, unsealSession } from 'h3'
import { sealData, unsealData } from 'iron-session'
import { SECRET } from '../data.ts'
import type { AsyncCodec } from './codec.ts'

const password = SECRET

export const ironSession: AsyncCodec = {
  name: 'iron-session',
  seal: (data) => sealData(data, { password, ttl: 3600 }),
  open: (token) => unsealData<object>(token, { password, ttl: 3600 }),
}

export const hapiIron: AsyncCodec = {
  name: '@hapi/iron',
  seal: (data) => iron.seal(data, password, iron.defaults),
  open: async (token) => (await iron.unseal(token, password, iron.defaults)) as object,
}

export const h3: AsyncCodec = {
  name: 'h3',
  seal: (data) => sealSession(eventWith(data), { password }),
  open: (token) => unsealSession(eventWith({}), { password }, token),
}

/** An event with a loaded session, as far as h3's codec needs one. */
function eventWith(data: object): H3Event {
  const session = { id: '00000000-0000-4000-8000-000000000000', createdAt: Date.now(), data }
  return { context: { sessions: { h3: session } } } as unknown as H3Event
}
