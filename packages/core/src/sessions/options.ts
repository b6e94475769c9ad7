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

/** The options of sessions, in addition to {@link DataOptions}. */
export interface SessionsOptions {
  /**
   * Newest first: the first seals, all open. Each at least 32 random bytes. An environment variable can be passed
   * directly, with one secret or several separated by commas; if it is not set, that is a
   * {@link ConfigError}.
   */
  readonly secrets: SecretsOption
  readonly cookie?: SessionCookieOptions | undefined
  /**
   * The sessions of other libraries to convert, made by the functions of `@keepsake/arrival`, so that the move logs nobody
   * out. The first one that finds a session is used. Default: none.
   */
  readonly arrivals?: readonly Arrival[] | undefined
  /** The three limits, or a level of NIST SP 800-63B-4. Default: an hour, a day, 31 days. */
  readonly lifetime?: LifetimeOptions | AssuranceLevel | undefined
  /** Separates the sessions of two applications that share a secret and a cookie name. Default: none. */
  readonly audience?: string | undefined
  /** Stores the sessions; the cookie then contains random bytes. Without it, sessions live sealed in the cookie. */
  readonly store?: Store | undefined
  /** Stores sessions while they are too large for the cookie. Instead of `store`. */
  readonly overflow?: Store | undefined
  /**
   * With `overflow`: sessions of more bytes of JSON than this go to the store, even if they fit into the cookie. Default: only
   * those that do not fit. With 0, every session moves there with its next write, to migrate from the cookie to a store.
   */
  readonly overflowAbove?: number | undefined
  /**
   * A store for the revocation list of sealed sessions, so that a logout also ends copies of a cookie and a
   * subject's sessions can be revoked; it contains only revoked sessions. Without it, or with `'none'`, a logout only deletes the
   * browser's cookie, and `explain().logoutEnds` says so. Not for sessions in a `store`.
   */
  readonly revocation?: Store | 'none' | undefined
  /**
   * How long a process caches other processes' revocations; 0 reads them for every request.
   * Default `'5s'`.
   */
  readonly revocationCache?: Duration | undefined
  /**
   * Binds logins to the device that they are made on, in browsers that support Device Bound Session Credentials: a copied cookie
   * is valid for `cookieAge` at most. Needs the routes of `@keepsake/dbsc`. Default: logins are not bound.
   */
  readonly deviceBound?: DeviceBoundOptions | undefined
  /** How many sessions a subject may have; a further login ends the oldest. Needs a `store`. Default: no limit. */
  readonly maxPerSubject?: number | undefined
  /**
   * How long a request waits for the store, for its read and for its commit, retries included, in milliseconds. Default
   * 2,000. A login, a new id or a new session that is written later than that is undone.
   */
  readonly storeTimeLimit?: number | undefined
  /**
   * What happens if the store cannot be read. Default `'fail'`: an error, which frameworks answer with 503.
   * `'anonymous'`: an empty session, as if there were no cookie; data written to it may not be saved either.
   */
  readonly whenStoreFails?: 'fail' | 'anonymous' | undefined
  /**
   * What happens if two requests have changed the same value incompatibly. Default `'mine'`: the later
   * commit wins. `'fail'`: the later request fails with a 409. A function returns the resulting value.
   */
  readonly onConflict?: 'mine' | 'fail' | ((conflict: Conflict) => unknown) | undefined
  /**
   * `'dev'` prints a line for each request on standard error: how the cookie was opened, which keys changed, what was written,
   * and how long the store took, which responses also report as `Server-Timing`. For development; `NODE_DEBUG=keepsake` does the
   * same. The line contains names of keys and reason codes, but no token, id or value. Default: no log.
   */
  readonly log?: 'dev' | undefined
  /** The clock, in epoch milliseconds; for tests. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** Describes the session data, of type `D`. */
export interface DataOptions<D> {
  /**
   * Validates the session data: a Standard Schema, such as those of Zod, Valibot and ArkType, that validates synchronously. The
   * type of the data is inferred from it. Invalid data is not opened, or is passed to `migrate`; saving invalid data throws a
   * `SessionDataError`. An empty session is always valid. The schema must accept its own output, because it validates the
   * data each time a session is opened.
   */
  readonly schema?: StandardSchema<D> | undefined
  /**
   * The version of the data's shape, from 1; raise it with each change of the shape. It is stored with the data. Default
   * none, which is 0 for `migrate`.
   */
  readonly version?: number | undefined
  /**
   * Converts data of an older version: it receives the data and its version, and returns data that the schema accepts.
   * Also called for data of the current version that is invalid. If it throws, or its result is invalid, an empty session
   * begins.
   */
  readonly migrate?: ((old: Record<string, unknown>, version: number) => unknown) | undefined
  /**
   * Decides whether a request's session is still accepted, once when it is opened. False ends it, as `destroy` does, and the
   * handler gets an empty one. For what only the application knows: the password was changed, the user is disabled, the
   * session is another tenant's. `request` is the argument of `sessions.open`; adapters pass the request. It must not change
   * the session. With a store it may be async; for sessions in their cookies it has to return synchronously.
   */
  // A method's type, so that an application can declare its own request type.
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
  'log',
  'now',
] as const satisfies readonly (keyof (SessionsOptions & DataOptions<unknown>))[]
