import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Session } from '@keepsake/core'
import type { Data, Exchange, Handler } from './host.ts'
import { type Respond, ReturnedResponse } from './returned-response.ts'

/** A host's own methods, if handlers return a `Response`. */
export interface FetchMeans extends Pick<Exchange, 'attach'> {
  /** Creates the response, such as Hono's `c.newResponse`. Default `new Response`. */
  readonly respond?: Respond
}

/**
 * Runs the handler of a scenario for a host whose handlers return a `Response`, and returns its response. If the handler
 * throws before that, it rejects.
 *
 * @param session Returns the adapter's session; called at each use, and not before.
 */
export async function respondBy(
  handler: Handler,
  request: Request,
  session: () => Session<Data>,
  { attach, respond }: FetchMeans,
): Promise<Response> {
  const response = new ReturnedResponse(respond)
  const { pathname, search } = new URL(request.url)
  const seen = {
    url: pathname + search,
    method: request.method,
    headers: Object.fromEntries(request.headers),
  }
  const exchange: Exchange = {
    request: seen as unknown as IncomingMessage,
    response: response as unknown as ServerResponse,
    get session() {
      return session()
    },
    attach,
    send: (body) => response.respond(body),
    redirect: (to) => response.writeHead(302, { Location: to }).respond(null),
    takeOver: () => undefined,
  }
  const run = async (): Promise<unknown> => handler(exchange)
  return Promise.race([response.returned, run().then(() => response.returned)])
}
