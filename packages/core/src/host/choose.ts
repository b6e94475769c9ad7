import type { Sessions } from '../sessions/sessions.ts'
import type { DataOptions, SessionsOptions } from '../sessions/options.ts'
import type { SessionData } from '../session/session.ts'
import { ConfigError } from '../base/errors.ts'
import { fieldOf, isPromise } from '../base/own.ts'

/** Returns the sessions for a request, or for a framework's context: one of several that were created at start-up. */
export type Choose<D, About> = (about: About) => Sessions<D>

/** The argument of every adapter's `session(…)`: sessions, options to create them, or a function that chooses among several. */
export type SessionsSource<D, About> =
  | Sessions<D>
  | (SessionsOptions & DataOptions<NoInfer<D>>)
  | Choose<D, About>

/**
 * Finds the sessions of a request.
 *
 * @param create `createSessions`, for options. Passed as an argument, so that bundles that never call it need not contain it.
 * @throws {ConfigError} at start-up, for a wrong option.
 */
export function chooserOf<D extends SessionData<D>, About>(
  given: SessionsSource<D, About>,
  create: (options: SessionsOptions & DataOptions<NoInfer<D>>) => Sessions<D>,
): Choose<D, About> {
  if (typeof given === 'object' && (given as unknown) !== null && isRequest(given))
    throw new ConfigError('session', NOT_CALLED)
  const isMade = typeof given === 'function' || isSessions<D>(given)
  return chooseAmong(isMade ? given : create(given))
}

/** The same for existing sessions. It throws a ConfigError if the application's function returns none. */
export function chooseAmong<D, About>(given: Sessions<D> | Choose<D, About>): Choose<D, About> {
  return typeof given === 'function' ? (about) => checked<D>(given(about)) : () => given
}

function checked<D>(chosen: unknown): Sessions<D> {
  if (isSessions<D>(chosen)) return chosen
  throw new ConfigError('sessions', isPromise(chosen) ? LATE : NONE)
}

const LATE = 'expected the function to return sessions, not a promise'
const NONE =
  'expected the function to return sessions made by createSessions; for a request without any, throw an error with a status, such as 404'

const isSessions = <D>(given: unknown): given is Sessions<D> =>
  typeof given === 'object' && given !== null && typeof fieldOf(given as Sessions<D>, 'open') === 'function'

/** A framework's argument for its middleware: a request, or a context that has one. */
const isRequest = (given: object): boolean =>
  ['headers', 'req'].some((name) => fieldOf(given, name as keyof typeof given) !== undefined)

const NOT_CALLED = 'returns the middleware and must be called; write app.use(session({ secrets: … }))'
