import { ConfigError, wrongOption } from '../base/errors.ts'
import { readFlag, readOptions } from '../base/options.ts'
import { withoutPrototype } from '../base/own.ts'
import { type CookieAttributes, readAttributes } from './attributes.ts'
import { type Cookie, plainCookieOf, type SessionCookie } from './cookie.ts'

/** How the session cookie was defined before: what is left out was as it is left out in `cookie`. */
export interface FormerCookie extends Pick<CookieAttributes, 'domain' | 'path' | 'partitioned'> {
  /** Default: as it is called now. Written with a prefix by the same rule. */
  readonly name?: string | undefined
}

/** The attributes of the session cookie. Secure and HttpOnly are always on; how long it lives is the lifetime's matter. */
export interface SessionCookieOptions extends Pick<
  CookieAttributes,
  'domain' | 'path' | 'sameSite' | 'partitioned' | 'priority'
> {
  /**
   * Default `'session'`. Written with the prefix `__Host-`, or with `__Secure-` when `domain` or `path` is given;
   * a name that has a prefix already stays as it is.
   */
  readonly name?: string | undefined
  /**
   * For development over plain http, where Safari and the agents of test libraries send no Secure cookie back: drops Secure
   * and the prefix. Anybody on the way can then read and set the cookie.
   */
  readonly insecure?: boolean | undefined
  /**
   * How the cookie was defined before its name, `domain`, `path` or `partitioned` was changed, at most four: such cookies count
   * where none of today's does, move over to today's definition, and are deleted. Leave it in until the last of them has
   * ended.
   */
  readonly previous?: readonly FormerCookie[] | undefined
}

const ATTRIBUTES = ['name', 'domain', 'path', 'partitioned'] as const
const OPTIONS = [...ATTRIBUTES, 'sameSite', 'priority', 'insecure', 'previous']

/** Each costs a look into every header, and a line in every response that sets the cookie. */
const MAX_PREVIOUS = 4

type Options = Readonly<Record<string, unknown>>

/** @throws {ConfigError} naming the option that is wrong. */
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

function readDefinition({ name = 'session', insecure, ...others }: Options): Cookie {
  const attributes = withoutPrototype(others)
  const secure = !readFlag('cookie.insecure', insecure, false)
  const isHostOnly = attributes['domain'] === undefined && (attributes['path'] ?? '/') === '/'
  if (typeof name !== 'string') throw wrongOption('cookie.name', 'text', name)
  const prefix = !secure || name.startsWith('__') ? '' : isHostOnly ? '__Host-' : '__Secure-'
  return plainCookieOf(readAttributes(prefix + name, { ...attributes, secure }))
}

/** What may set today's cookie may delete a former one: so both are of the same `sameSite`, and secure or not. */
function readPrevious(given: unknown, { name, sameSite, insecure }: Options): readonly Cookie[] {
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

/** What is wrong with a definition, said of where it stands. */
function withinPrevious(option: string, error: ConfigError): ConfigError {
  const { option: path, message } = error
  return new ConfigError(option + path.slice('cookie'.length), message.slice(`${path}: `.length))
}
