import type { Sessions } from '@keepsake/core'
import { chooseAmong, type Choose, isDevicePost } from '@keepsake/core/adapter'
import { answerPost } from './answer.ts'
import { hooksOf } from './required.ts'
import { tellSkipped } from './skipped.ts'

/**
 * Answers a browser that registers the key of a device or proves that it has it; undefined for every other request. For hosts
 * of the Fetch API with their own middleware, such as Hono:
 *
 * ```ts
 * app.use(async (c, next) => (await answerDevice(sessions, c.req.raw)) ?? next())
 * ```
 *
 * @throws {ConfigError} for sessions without the option `deviceBound`.
 */
export async function answerDevice<D>(
  sessions: Sessions<D>,
  request: Request,
): Promise<Response | undefined> {
  const hooks = hooksOf(sessions)
  const header = (name: string): string | undefined => request.headers.get(name) ?? undefined
  tellSkipped(hooks, header('secure-session-skipped'))
  const { pathname: path } = new URL(request.url)
  if (!isDevicePost(sessions, request.method, () => path)) return undefined
  const { status, headers, body } = await answerPost(hooks, { path, source: request, header })
  return new Response(body, { status, headers: headers.map(([name, value]) => [name, value]) })
}

/**
 * Wraps a fetch handler, and answers those requests itself:
 *
 * ```ts
 * export default { fetch: withDeviceBound(sessions, withSession(sessions, (request, session) => …)) }
 * ```
 *
 * With `require: 'always'`, the inner handler must call `requireBound(session)`. Without an inner handler it is a route's handler,
 * as for Next.js, and answers all other requests with 404.
 *
 * @throws {ConfigError} at start-up, for sessions without the option `deviceBound`.
 */
export function withDeviceBound<D, Rest extends readonly unknown[]>(
  sessions: Sessions<D> | Choose<D, Request>,
  handler: (request: Request, ...rest: Rest) => Response | Promise<Response> = notFound,
): (request: Request, ...rest: Rest) => Promise<Response> {
  if (typeof sessions !== 'function') hooksOf(sessions)
  const sessionsFor = chooseAmong(sessions)
  return async (request, ...rest) =>
    (await answerDevice(sessionsFor(request), request)) ?? handler(request, ...rest)
}

const notFound = (): Response => new Response(null, { status: 404 })
