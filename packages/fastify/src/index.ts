import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Session, Sessions } from '@keepsake/core'
import { attach } from '@keepsake/node-http'

/** What handlers are given. Put the framework's own context in its place. */
export interface FastifyContext<D> {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The first look at it opens it. */
  readonly session: Session<D>
}

/**
 * Gives each handler of Fastify its session. No byte of a response leaves before the session is saved; one that
 * cannot be saved is answered with an error.
 */
export function withFastifySession<D>(
  sessions: Sessions<D>,
  handler: (context: FastifyContext<D>) => unknown,
): RequestListener {
  throw fillIn(sessions, handler)
}

/** What is still to be written; `docs/write-an-adapter.md` has a whole adapter to begin with. */
function fillIn(sessions: object, handler: object): Error {
  const parts = [attach, sessions, handler].length
  return new Error(
    `fill in withFastifySession in packages/fastify/src/index.ts: its ${parts} parts are attach(sessions, request, response, fail), ` +
      'the context with the session as a getter, and the handler',
  )
}
