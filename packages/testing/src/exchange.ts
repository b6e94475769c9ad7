import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Session } from '@keepsake/core'
import type { Data, Exchange } from './host.ts'

/**
 * An exchange that responds through Node's own methods. `own` contains `attach`, and the methods for which a framework has
 * its own.
 *
 * @param session Returns the adapter's session; called at each use, and not before.
 */
export function exchangeOf(
  request: IncomingMessage,
  response: ServerResponse,
  session: () => Session<Data>,
  own: Pick<Exchange, 'attach'> & Partial<Omit<Exchange, 'session'>>,
): Exchange {
  const exchange: Exchange = {
    request,
    response,
    get session() {
      return session()
    },
    send: (body) => (typeof body === 'string' ? response.end(body) : pipeline(body, response)),
    redirect: (to) => response.writeHead(302, { Location: to }).end(),
    takeOver: () => undefined,
    attach: own.attach,
  }
  return Object.assign(exchange, own)
}
