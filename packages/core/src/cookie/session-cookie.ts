import { ConfigError, wrongOption } from '../base/errors.ts'
import { readFlag, readOptions } from '../base/options.ts'
import { withoutPrototype } from '../base/own.ts'
import { type CookieAttributes, readAttributes } from './attributes.ts'
import { plainCookieOf, type PlainCookie, type SessionCookie } from './cookie.ts'

/** A former definition of the session cookie; a missing attribute had its default, as in `cookie`. */
export interface FormerCookie extends Pick<CookieAttributes, 'domain' | 'path' | 'partitioned'> {
  /** Default: the current name. Prefixed by the same rule. */
  readonly name?: string | undefined
}

/** The attributes of the session cookie. Secure and HttpOnly are always on; `lifetime` decides how long it lives. */
export interface SessionCookieOptions extends Pick<
  CookieAttributes,
  'domain' | 'path' | 'sameSite' | 'partitioned' | 'priority'
> {
  /**
   * Default `'session'`. Written with the prefix `__Host-`, or with `__Secure-` if `domain` or `path` is set;
   * a name that already has a prefix stays as it is.
   */
  readonly name?: string | undefined
  /**
   * For development over plain http, where Safari and the agents of test libraries send no Secure cookie back: drops Secure
   * and the prefix. Anyone on the network path can then read and set the cookie.
   */
  readonly insecure?: boolean | undefined
  /**
   * Former definitions, with another name, `domain`, `path` or `partitioned`, at most four: such cookies are accepted
   * if the request has no current one, replaced by the current definition, and deleted. Keep them until the last one
   * has expired.
   */
  readonly previous?: readonly FormerCookie[] | undefined
}

const ATTRIBUTES = ['name', 'domain', 'path', 'partitioned'] as const
const OPTIONS = [...ATTRIBUTES, 'sameSite', 'priority', 'insecure', 'previous']

/** Each costs a search in every header, and a line in every response that sets the cookie. */
const MAX_PREVIOUS = 4

type Options = Readonly<Record<string, unknown>>

/** @throws {ConfigError} naming the wrong option. */
export function readSessionCookie(given: unknown): SessionCookie {
  const options = readOptions('cookie', given, OPTIONS)
  const { previous = [], ...definition } = options
  const cookie = readDefinition(withoutPrototype(definition))
  const former = readPrevious(previous, options).filter((one) => one.clear() !== cookie.clear())
  const names = new Set(former.map(({ name }) => name))
  const hasNamesake = names.delete(cookie.name)
  const others = former.filter(({ name }) => name !== cookie.name)
  return Object.freeze<SessionCookie>({
    ...cookie,
    readAll: (header) => [cookie, ...others].flatMap((one) => one.readAll(header)),
    formerNames: [...names],
    hasNamesake,
    expiry: former.map((one) => one.clear()),
  })
}

function readDefinition({ name = 'session', insecure, ...others }: Options): PlainCookie {
  const attributes = withoutPrototype(others)
  const secure = !readFlag('cookie.insecure', insecure, false)
  const isHostOnly = attributes['domain'] === undefined && (attributes['path'] ?? '/') === '/'
  if (typeof name !== 'string') throw wrongOption('cookie.name', 'text', name)
  const prefix = !secure || name.startsWith('__') ? '' : isHostOnly ? '__Host-' : '__Secure-'
  return plainCookieOf(readAttributes(prefix + name, { ...attributes, secure }))
}

/**
 * A response that may set the current cookie must also be allowed to delete a former one, so both have the same
 * `sameSite` and `insecure`.
 */
function readPrevious(given: unknown, { name, sameSite, insecure }: Options): readonly PlainCookie[] {
  const isList = Array.isArray(given) && given.length <= MAX_PREVIOUS
  if (!isList) throw wrongOption('cookie.previous', `a list of at most ${MAX_PREVIOUS} definitions`, given)
  return given.map((one: unknown, index) => {
    const option = `cookie.previous[${index}]`
    const own = readOptions(option, one, ATTRIBUTES)
    try {
      return readDefinition(withoutPrototype({ ...own, name: own['name'] ?? name, sameSite, insecure }))
    } catch (error) {
      throw error instanceof ConfigError ? withinPrevious(option, error) : error
    }
  })
}

/** The problem of a definition, with its position. */
function withinPrevious(option: string, error: ConfigError): ConfigError {
  const { option: path, message } = error
  return new ConfigError(option + path.slice('cookie'.length), message.slice(`${path}: `.length))
}
