import type { Sessions } from '../sessions/sessions.ts'
import type { DataOptions, SessionsOptions } from '../sessions/options.ts'
import type { SessionData } from '../session/session.ts'
import { ConfigError } from '../base/errors.ts'
import { fieldOf, isPromise } from '../base/own.ts'

/** Finds the sessions of a request, or of a framework's context of it: one of several that were made at start-up. */
export type Choose<D, About> = (about: About) => Sessions<D>

/** What every adapter's `session(…)` takes: sessions, options to make them of, or what chooses among several. */
export type SessionsSource<D, About> =
  | Sessions<D>
  | (SessionsOptions & DataOptions<NoInfer<D>>)
  | Choose<D, About>

/**
 * What finds the sessions of a request.
 *
 * @param create `createSessions`, for options. It is not imported here: whoever makes no sessions need not carry it along.
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

/** The same for sessions that are made. It throws a ConfigError where the application's own function gives none. */
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

/** What a framework hands to its middleware: a request, or a context that has one. */
const isRequest = (given: object): boolean =>
  ['headers', 'req'].some((name) => fieldOf(given, name as keyof typeof given) !== undefined)

const NOT_CALLED = 'returns the middleware and must be called; write app.use(session({ secrets: … }))'
