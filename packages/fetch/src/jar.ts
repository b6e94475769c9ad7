import type { Header, Session, Sessions, VisitOptions } from '@keepsake/core'
import { deviceHooksOf, openVisit } from '@keepsake/core/adapter'

/** The attributes of a cookie, as named by frameworks' cookie jars and the package `cookie`. */
export interface CookieJarOptions {
  path?: string
  domain?: string
  /** Seconds. */
  maxAge?: number
  expires?: Date
  secure?: boolean
  httpOnly?: boolean
  partitioned?: boolean
  sameSite?: 'strict' | 'lax' | 'none'
  priority?: 'low' | 'medium' | 'high'
}

/** The cookies of a request and its response, for a host that exposes those and no headers. */
export interface CookieJar {
  get(name: string): string | undefined
  set(name: string, value: string, options: CookieJarOptions): unknown
}

/** The session of a request whose cookies are in a jar. */
export interface JarVisit<D> {
  /** The session; its first use opens it. */
  readonly session: Session<D>
  /**
   * Saves the session, and sets its cookie in the jar. Call it once, before the headers are sent. Returns the other headers for the
   * response, `Vary` and `Cache-Control`, for hosts that can set them.
   *
   * @throws the errors of `Visit.close` of `@keepsake/core` if the session cannot be saved; the jar then has only the
   * cookie of an earlier `session.save()`.
   */
  close(): Promise<readonly Header[]>
  /** Call it after the response was sent: reports, once, a change that was too late for it. */
  settle(): void
}

/**
 * The session of a request, for hosts that expose cookies instead of headers:
 *
 * ```ts
 * const jar = await cookies()
 * const visit = await fromJar(sessions, {
 *   get: (name) => jar.get(name)?.value,
 *   set: (name, value, options) => jar.set(name, value, options),
 * })
 * ```
 *
 * It reads the session's cookie under its current name, once; `cookie.previous` needs a `Cookie` header.
 *
 * @throws {StoreError} when the store fails, unless `whenStoreFails` is `'anonymous'`.
 */
export async function fromJar<D>(
  sessions: Sessions<D>,
  jar: CookieJar,
  options?: VisitOptions,
): Promise<JarVisit<D>> {
  const own = pairIn(jar, sessions.cookie.name)
  const device = deviceHooksOf(sessions)?.cookie.name
  const header = device === undefined ? own : `${own}; ${pairIn(jar, device)}`
  const visit = await openVisit(sessions, header, options)
  return Object.freeze<JarVisit<D>>({
    get session() {
      return visit.session
    },
    async close() {
      try {
        return inJar(jar, await visit.close())
      } catch (error) {
        inJar(jar, visit.saved)
        throw error
      }
    },
    settle() {
      if (visit.needsSettling) visit.settle()
    },
  })
}

/** A cookie as in a `Cookie` header; it may be empty. */
function pairIn(jar: CookieJar, name: string): string {
  const value = jar.get(name)
  return value === undefined ? '' : `${name}=${value}`
}

/** Sets the cookies in the jar; returns the other headers. */
function inJar(jar: CookieJar, headers: readonly Header[]): readonly Header[] {
  for (const header of headers) if (header[0] === 'Set-Cookie') setLine(jar, header[1])
  return headers.filter((header) => header[0] !== 'Set-Cookie')
}

/** Our own line, so its format is known. */
function setLine(jar: CookieJar, line: string): void {
  const [pair = '', ...attributes] = line.split('; ')
  const equals = pair.indexOf('=')
  const options = Object.fromEntries(attributes.map(optionOf))
  jar.set(pair.slice(0, equals), pair.slice(equals + 1), options)
}

function optionOf(attribute: string): readonly [string, unknown] {
  const [name = '', ...rest] = attribute.split('=')
  const value = rest.join('=')
  switch (name) {
    case 'Max-Age':
      return ['maxAge', Number(value)]
    case 'Expires':
      return ['expires', new Date(value)]
    case 'SameSite':
    case 'Priority':
      return [name === 'SameSite' ? 'sameSite' : 'priority', value.toLowerCase()]
    case 'HttpOnly':
      return ['httpOnly', true]
    default:
      return [name.toLowerCase(), value === '' ? true : value]
  }
}
