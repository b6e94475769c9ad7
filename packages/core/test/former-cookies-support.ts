import { CookieJar } from 'tough-cookie'
import { openVisit } from '../src/adapter.ts'
import type { SessionCookieOptions } from '../src/cookie/session-cookie.ts'
import type { SessionsOptions } from '../src/sessions/options.ts'
import type { Header } from '../src/visit/headers.ts'
import type { AnySession, AnySessions } from './row-support.ts'
import type { World } from './store-support.ts'

/** All cookies are of one site, and of this page. */
const URL = 'https://shop.example.com/cart/list'

/** A browser with a jar that distinguishes domains and paths. */
export interface JarBrowser {
  /** `name=value` of each cookie that it would send. */
  cookies(): readonly string[]
  visit<T>(sessions: AnySessions, handle: (session: AnySession) => T): Promise<Awaited<T>>
  take(headers: readonly Header[]): void
}

export function createJarBrowser(): JarBrowser {
  const jar = new CookieJar(undefined, { prefixSecurity: 'silent' })
  const take = (headers: readonly Header[]): void => {
    for (const [name, value] of headers) {
      if (name === 'Set-Cookie') jar.setCookieSync(value, URL, { ignoreError: true })
    }
  }
  return {
    cookies: () => jar.getCookiesSync(URL).map((cookie) => cookie.cookieString()),
    take,
    async visit<T>(sessions: AnySessions, handle: (session: AnySession) => T): Promise<Awaited<T>> {
      const visit = await openVisit(sessions, jar.getCookieStringSync(URL))
      const result = await handle(visit.session)
      take(await visit.close())
      return result
    },
  }
}

type Options = Partial<SessionsOptions>
type AnyWorld = World<Record<string, unknown>>

/** Where sessions live, as options. */
export const MODES: readonly (readonly [string, (world: AnyWorld) => Options])[] = [
  ['in the cookie', () => ({ store: undefined, revocation: 'none' })],
  ['in the cookie, with revocation', ({ store }) => ({ store: undefined, revocation: store })],
  ['in a store', () => ({})],
  ['in a store that answers at once', ({ memory }) => ({ store: memory })],
  [
    'in the cookie, with overflow',
    ({ store }) => ({ store: undefined, overflow: store, revocation: 'none' }),
  ],
]

/** How the cookie was defined, and is now. */
export interface Change {
  readonly what: string
  readonly before: SessionCookieOptions
  readonly after: SessionCookieOptions
  /** Whether the name stays the same, so that the two cookies cannot be distinguished. */
  readonly isNamesake: boolean
}

export const CHANGES: readonly Change[] = [
  { what: 'a name', before: { name: 'sid' }, after: { name: 'session' }, isNamesake: false },
  { what: 'a first domain', before: {}, after: { domain: 'example.com' }, isNamesake: false },
  { what: 'no domain any more', before: { domain: 'example.com' }, after: {}, isNamesake: false },
  {
    what: 'a wider domain',
    before: { domain: 'shop.example.com' },
    after: { domain: 'example.com' },
    isNamesake: true,
  },
  { what: 'a first path', before: {}, after: { path: '/cart' }, isNamesake: false },
  { what: 'a wider path', before: { path: '/cart/list' }, after: { path: '/cart' }, isNamesake: true },
]
