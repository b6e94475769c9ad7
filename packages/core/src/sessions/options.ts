import type { Store } from '../store/store.ts'
import type { Session } from '../session/session.ts'
import type { Arrival } from '../cookie/arrival.ts'
import type { CookieSource } from '../cookie/read.ts'
import type { SessionCookieOptions } from '../cookie/session-cookie.ts'
import type { AssuranceLevel, LifetimeOptions } from '../record/lifetime.ts'
import type { Conflict } from '../record/merge.ts'
import type { SecretsOption } from '../crypto/secrets.ts'
import type { DeviceBoundOptions } from '../device/options.ts'
import type { Duration } from '../base/duration.ts'
import type { StandardSchema } from '../base/schema.ts'

/** What sessions are made of, besides {@link DataOptions}. */
export interface SessionsOptions {
  /**
   * Newest first: the first seals, all open. Each at least 32 bytes from a random generator. A variable of the environment
   * may stand here as it is, with one secret or with several and commas between them; one that is not set is a
   * {@link ConfigError}.
   */
  readonly secrets: SecretsOption
  readonly cookie?: SessionCookieOptions | undefined
  /**
   * Sessions of other libraries that are taken over, made by the functions of `@keepsake/arrival`: a visitor whose browser has one
   * stays who he is. The first one counts that leads to a session. Default: none.
   */
  readonly arrivals?: readonly Arrival[] | undefined
  /** The three limits, or the level of NIST SP 800-63B-4 that they shall fit. Default: an hour, a day, 31 days. */
  readonly lifetime?: LifetimeOptions | AssuranceLevel | undefined
  /** Keeps the sessions of two applications that share a secret and a cookie name apart. Default: none. */
  readonly audience?: string | undefined
  /** Keeps the sessions; the cookie then holds a random id. Left out: they live sealed in the cookie. */
  readonly store?: Store | undefined
  /** Takes the sessions that have outgrown the cookie, until they fit again. Instead of `store`. */
  readonly overflow?: Store | undefined
  /**
   * With `overflow`: sessions of more bytes of JSON than this go to the store, even if the cookie had room. Default: only those
   * for which it has none. With 0 all of them go there with their next write, on the way from the cookie to a store.
   */
  readonly overflowAbove?: number | undefined
  /**
   * Where it is written down which sealed sessions are over, so that a logout ends the copies of a cookie too and a
   * subject's sessions can be revoked; it holds what was revoked, not what lives. `'none'`: a logout may clear the
   * browser's cookie and no more. With neither, that is said once at start-up. Not for sessions in a `store`.
   */
  readonly revocation?: Store | 'none' | undefined
  /**
   * For how long a process goes by what it last read of another process's revocations; 0 asks for every request.
   * Default `'5s'`.
   */
  readonly revocationCache?: Duration | undefined
  /**
   * Binds logins to the device that they are made on, in browsers that can (Device Bound Session Credentials): a copied cookie is
   * good for `cookieAge` at most. Its routes are those of `@keepsake/dbsc`. Default: logins are bound to nothing.
   */
  readonly deviceBound?: DeviceBoundOptions | undefined
  /** How many sessions a subject may have at once; another login ends the oldest. Needs a `store`. Default: no limit. */
  readonly maxPerSubject?: number | undefined
  /**
   * How long the store may take for the whole read of one request, and for its whole commit, in milliseconds. Default
   * 2,000. A login, a new id or a new session that is written later than that is undone.
   */
  readonly storeTimeLimit?: number | undefined
  /**
   * What a request gets when the store cannot be read. Default `'fail'`: an error, which frameworks answer with 503.
   * `'anonymous'`: an empty session, as if no cookie had come; what is written into it may then not be saved either.
   */
  readonly whenStoreFails?: 'fail' | 'anonymous' | undefined
  /**
   * Decides where two requests have changed the same place in ways that cannot both stand. Default `'mine'`: the later
   * commit wins. `'fail'`: the later request fails with a 409. A function returns the value that shall stand.
   */
  readonly onConflict?: 'mine' | 'fail' | ((conflict: Conflict) => unknown) | undefined
  /** The clock, in epoch milliseconds; for tests. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** What is said of the data of sessions, which is of type `D`. */
export interface DataOptions<D> {
  /**
   * What the data of a session must fit: a Standard Schema, as Zod, Valibot and ArkType make them, that answers at once. The
   * type of the data is inferred from it. Data that does not fit is not opened, or goes through `migrate`; and is not
   * written, which is a `SessionDataError`. A session that holds nothing fits. It has to take what it gives: data is put
   * through it each time that it is opened.
   */
  readonly schema?: StandardSchema<D> | undefined
  /**
   * The version of the data's shape, from 1, to be raised with each change of the shape: it is kept beside the data. Default
   * none, which is 0 to `migrate`.
   */
  readonly version?: number | undefined
  /**
   * Makes data of an earlier version into today's: it is given the data as it was and its version, and what it gives back
   * must fit the schema. Also asked for data of today's version that does not fit. What it throws, as what fits not, begins
   * an empty session.
   */
  readonly migrate?: ((old: Record<string, unknown>, version: number) => unknown) | undefined
  /**
   * Whether the session that a request came with may go on, asked once when it is opened. False ends it, as `destroy` does, and the
   * handler gets an empty one. For what only the application knows: the password was changed, the user is disabled, the
   * session is another tenant's. `request` is what `sessions.open` was given; adapters give it the request. It looks, and changes
   * nothing. With a store it may be async; where sessions live in their cookies it has to answer at once.
   */
  // A method's type, so that an application may say what kind of request it is given.
  readonly accept?:
    | { accept(session: Session<D>, request: CookieSource): boolean | Promise<boolean> }['accept']
    | undefined
}

/** The names of all options. */
export const OPTIONS = [
  'secrets',
  'cookie',
  'lifetime',
  'audience',
  'store',
  'overflow',
  'overflowAbove',
  'revocation',
  'revocationCache',
  'maxPerSubject',
  'deviceBound',
  'storeTimeLimit',
  'whenStoreFails',
  'onConflict',
  'arrivals',
  'schema',
  'version',
  'migrate',
  'accept',
  'now',
] as const satisfies readonly (keyof (SessionsOptions & DataOptions<unknown>))[]
