import { readSessionCookie } from '../cookie/session-cookie.ts'
import type { SessionCookie } from '../cookie/cookie.ts'
import { type Duration, readDuration } from '../base/duration.ts'
import { ConfigError, wrongOption } from '../base/errors.ts'
import { readChoice, readOptions } from '../base/options.ts'
import { withoutPrototype } from '../base/own.ts'

/** How logins are bound to the device that they were made on. `@keepsake/dbsc` serves the routes for it. */
export interface DeviceBoundOptions {
  /**
   * How long a copied pair of cookies stays valid, and how often a browser proves that it still has its key. From 4 seconds
   * to a day. Default `'10m'`.
   */
  readonly cookieAge?: Duration | undefined
  /** The path below which `@keepsake/dbsc` serves its routes. Default `/.session` below the cookie's `path`. */
  readonly path?: string | undefined
  /**
   * `'when-registered'`, the default: a session whose browser has registered a key opens only with a proof of that key;
   * nothing changes for other browsers. `'always'`: a login ends unless a browser binds it within two minutes.
   */
  readonly require?: 'when-registered' | 'always' | undefined
  /**
   * What happens if a request brings a device cookie that its browser would have dropped by then, which means that it was
   * copied. Default `'refuse'`: the session does not open for that request. `'end'`: the session ends for everybody.
   */
  readonly onCopied?: 'refuse' | 'end' | undefined
}

/** The same, read and checked. */
export interface DeviceRules {
  /** Seconds. */
  readonly cookieAge: number
  readonly path: string
  readonly isRequired: boolean
  readonly endsCopied: boolean
  readonly cookie: SessionCookie
  /** The current and former names of the cookie. */
  readonly names: readonly string[]
  /** The attributes of the cookie as in a `Set-Cookie` line, except its lifetime. */
  readonly attributes: string
}

const MIN_AGE = 4
const MAX_AGE = 86_400

/**
 * Reads the option `deviceBound`.
 *
 * @param sessionCookie The session cookie, whose attributes the device cookie shares; `given` are the options from
 * which it was created.
 * @throws {ConfigError} naming the option that is wrong.
 */
export function readDeviceBound(value: unknown, sessionCookie: SessionCookie, given: unknown): DeviceRules {
  const options = readOptions('deviceBound', value, ['cookieAge', 'path', 'require', 'onCopied'])
  const cookieAge = readDuration('deviceBound.cookieAge', options['cookieAge'] ?? '10m')
  if (cookieAge < MIN_AGE || cookieAge > MAX_AGE)
    throw new ConfigError('deviceBound.cookieAge', 'expected 4 seconds to a day')
  const cookie = readSessionCookie(
    withoutPrototype({ ...(given as object | undefined), name: nameFor(sessionCookie.name), previous: [] }),
  )
  const attributes = cookie.write('x').slice(`${cookie.name}=x; `.length)
  if (attributes.includes('; Partitioned'))
    throw new ConfigError(
      'deviceBound',
      'browsers cannot bind a partitioned cookie to a device; remove cookie.partitioned',
    )
  return Object.freeze<DeviceRules>({
    cookieAge,
    path: readPath(options['path'], /Path=([^;]*)/.exec(attributes)?.[1] ?? '/'),
    isRequired:
      readChoice('deviceBound.require', options['require'], ['when-registered', 'always']) === 'always',
    endsCopied: readChoice('deviceBound.onCopied', options['onCopied'], ['refuse', 'end']) === 'end',
    cookie,
    names: [cookie.name, ...sessionCookie.formerNames.map(nameFor)],
    attributes,
  })
}

const nameFor = (sessionName: string): string => `${sessionName}-device`

const PATH = /^(?:\/[\w.~-]+)+$/

/** A browser sends the session's cookie to the routes only if they are below the cookie's path. */
function readPath(path: unknown, cookiePath: string): string {
  const below = cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`
  if (path === undefined) return `${below}.session`
  if (typeof path !== 'string' || !PATH.test(path) || path.includes('/..'))
    throw wrongOption('deviceBound.path', "a path such as '/.session', without a slash at its end", path)
  if (`${path}/`.startsWith(below)) return path
  throw new ConfigError(
    'deviceBound.path',
    'expected a path below the path of the cookie: browsers do not send the cookie to other paths',
  )
}
