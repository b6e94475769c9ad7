import { createJar, type Jar, type JarCookie } from '../jar.ts'
import type { Credential, Instructions } from './instructions.ts'

/** What a session needs before a request: nothing, a refresh that the request waits for, or a refresh in the background. */
export type Need = 'nothing' | 'refresh first' | 'refresh beside'

/** @param soon A cookie that expires before this time, in milliseconds since 1970, is refreshed in the background. */
export function needOf(session: Instructions, url: string, jar: Jar, soon: number): Need {
  if (!isInScope(session, url)) return 'nothing'
  const present = jar.cookies(url)
  const bound = session.credentials
    .map((credential) => probe(credential, session.refreshUrl, url))
    .filter((wanted) => wanted !== undefined)
    .map((wanted) => present.find((cookie) => isSame(cookie, wanted)))
  if (bound.includes(undefined)) return 'refresh first'
  return bound.some((cookie) => (cookie?.expiresAt ?? Infinity) <= soon) ? 'refresh beside' : 'nothing'
}

/** Whether a response from this URL can set one of the session's bound cookies. */
export const canBind = (credentials: readonly Credential[], url: string): boolean =>
  credentials.some((credential) => probe(credential, url, url) !== undefined)

/** The cookie that a credential describes, if a browser would send it with a request; otherwise undefined. */
function probe({ name, attributes }: Credential, setBy: string, url: string): JarCookie | undefined {
  const jar = createJar()
  jar.take(setBy, [`${name}=probe; ${attributes}`])
  return jar.cookies(url)[0]
}

const isSame = (cookie: JarCookie, wanted: JarCookie): boolean =>
  (['name', 'domain', 'path', 'secure', 'httpOnly', 'sameSite'] as const).every(
    (key) => cookie[key] === wanted[key],
  )

function isInScope({ refreshUrl, rules }: Instructions, url: string): boolean {
  if (url === refreshUrl) return false
  const { hostname, pathname } = new URL(url)
  const rule = rules.find(({ domain, path }) => isHost(hostname, domain) && isUnder(pathname, path))
  return rule?.type !== 'exclude'
}

const isHost = (host: string, pattern: string): boolean =>
  pattern === '*' || (pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern)

const isUnder = (path: string, pattern: string): boolean =>
  path === pattern || path.startsWith(pattern.endsWith('/') ? pattern : `${pattern}/`)
