import type { SessionsOptions } from '../src/sessions/options.ts'
import { ADA, type ForeignOptions, foreignLibrary } from './arrivals-support.ts'
import type { AnySession, AnySessions } from './row-support.ts'
import { createWorld, request } from './store-support.ts'

type World = ReturnType<typeof createWorld>

/** All modes that can record arrivals. */
export const MODES: readonly (readonly [string, (world: World) => Partial<SessionsOptions>])[] = [
  ['in a store', () => ({})],
  ['in the cookie, with revocation', ({ store }) => ({ store: undefined, revocation: store })],
]

/** Sessions that take over those of another library, on any number of servers, and a cookie of it. */
export function moved(modeOf: (world: World) => Partial<SessionsOptions>, options: ForeignOptions = {}) {
  const world = createWorld()
  const library = foreignLibrary(options)
  const another = (more: Partial<SessionsOptions> = {}): AnySessions =>
    world.another({ ...modeOf(world), arrivals: [library], revocationCache: 0, ...more })
  return { world, library, another, sessions: another(), cookie: library.cookieFor(ADA) }
}

export const look = (session: AnySession): unknown => session.subject
export const logout = (session: AnySession): void => session.logout()

/** The logged-in user of a request with this cookie. */
export async function seenBy(sessions: AnySessions, cookie: string | undefined): Promise<unknown> {
  let seen: unknown
  await request(sessions, cookie, (session) => (seen = look(session)))
  return seen
}
