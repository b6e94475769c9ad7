import type { IncomingHttpHeaders } from 'node:http'
import { ConfigError, type Session } from '@keepsake/core'
import { fieldOf, readFunction, readOptions } from '@keepsake/core/adapter'

declare global {
  namespace Express {
    /** The user from Passport's strategies, as in `@types/passport`; the application adds its fields. */
    // oxlint-disable-next-line typescript/no-empty-object-type -- the application adds its fields
    interface User {}
  }
}

/** The parts of a login request that Express and Koa share. */
export interface LoginRequest {
  readonly headers: IncomingHttpHeaders
}

/** How a login with Passport sets the session. */
export interface UseKeepsakeOptions<User = Express.User> {
  /** Returns the id of a user as text, by which sessions are listed, counted and revoked. */
  readonly subject: (user: User) => string
  /** Keys of an anonymous visitor's data that are carried over at every login, such as a cart. Default: none. */
  readonly keep?: readonly string[] | undefined
  /** Returns the name of this device for a list of devices: `(req) => req.headers['user-agent']`. Default: none. */
  readonly label?: ((request: LoginRequest) => string | undefined) | undefined
}

type Done = (error?: unknown) => void

/** The object that Passport calls to log in and out. Its types do not declare it. */
interface SessionManager {
  logIn(request: PassportRequest, user: unknown, options: SessionOptions, done: Done): void
  logOut(request: PassportRequest, options: SessionOptions, done: Done): void
}

interface PassportRequest extends LoginRequest {
  readonly session?: Session<{ passport: { user?: unknown } }> | null
}

interface SessionOptions {
  readonly keepSessionInfo?: boolean
}

interface Authenticator {
  _sm?: Partial<SessionManager>
  serializeUser(user: unknown, request: unknown, done: (error: unknown, serialized?: unknown) => void): void
}

/**
 * Makes Passport log in and out by `session.login` and `session.logout`, so that lists of devices, revocation and the limit
 * on sessions work. `serializeUser` and `deserializeUser` need no change. Call it once, with a Passport for Express or Koa:
 *
 * ```ts
 * useKeepsake(passport, { subject: (user) => user.id })
 * ```
 *
 * `keepSessionInfo` at a login keeps all data of an anonymous visitor, but none of another user. At a logout it keeps
 * nothing.
 *
 * @throws {ConfigError} for a wrong option, and unless `passport` is a Passport 0.6 or later.
 */
export function useKeepsake<User = Express.User>(
  passport: { readonly serializeUser: (...args: never[]) => unknown },
  options: UseKeepsakeOptions<User>,
): void {
  const login = readLogin(options)
  const authenticator = passport as unknown as Partial<Authenticator> | undefined
  if (typeof authenticator?._sm?.logIn !== 'function' || typeof authenticator._sm.logOut !== 'function')
    throw new ConfigError('passport', 'expected the passport of Passport 0.6 or later, or of koa-passport')
  authenticator._sm = managerOf(authenticator as Authenticator, login)
}

interface Login {
  readonly subject: (user: unknown) => string
  readonly keep: readonly string[]
  readonly label: ((request: LoginRequest) => string | undefined) | undefined
}

function readLogin(options: unknown): Login {
  const own = readOptions('options', options, ['subject', 'keep', 'label'])
  const subject = readFunction('subject', own['subject']) as Login['subject'] | undefined
  if (subject === undefined)
    throw new ConfigError('subject', 'expected a function, such as (user) => user.id')
  const { keep = [] } = own
  if (!Array.isArray(keep) || !keep.every((key) => typeof key === 'string'))
    throw new ConfigError('keep', "expected a list of keys, such as ['cart']")
  return { subject, keep, label: readFunction('label', own['label']) as Login['label'] }
}

function managerOf(authenticator: Authenticator, { subject, keep, label }: Login): SessionManager {
  return {
    logIn(request, user, options, done) {
      authenticator.serializeUser(user, request, (error, serialized) => {
        if (error) return done(error)
        carryOut(request, done, (session) => {
          const isKept = fieldOf(options, 'keepSessionInfo') === true && isAnonymous(session)
          const own = isKept ? Object.keys(session) : []
          session.login(subject(user), { keep: [...keep, ...own] as never[], label: label?.(request) })
          session.passport = { user: serialized }
        })
      })
    },
    logOut(request, _options, done) {
      carryOut(request, done, (session) => session.logout())
    },
  }
}

type PassportSession = NonNullable<PassportRequest['session']>

/** Neither Keepsake nor Passport, which may have run without `useKeepsake` before, has a login in this session. */
const isAnonymous = (session: PassportSession): boolean =>
  session.subject === undefined && session.passport === undefined

/** Changes the session and saves it before Passport continues; reports errors to Passport. */
function carryOut(
  { session }: PassportRequest,
  done: Done,
  change: (session: PassportSession) => void,
): void {
  try {
    if (typeof session?.login !== 'function')
      throw new Error('the request has no Keepsake session; use session() before Passport')
    change(session)
  } catch (error) {
    return done(error)
  }
  void session.save(done)
}
