import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Session } from '@keepsake/core'
import { createGuard } from '@keepsake/node-http'
import { failureOf, pageHeaders, type Storefront, type Visitor } from 'example-shop'
import { readForm } from './form.ts'

/** A request with what belongs to it, for one route. */
export interface Exchange extends Visitor {
  readonly response: ServerResponse
  /** The fields of a posted form, whatever the client made of them. */
  readonly form: unknown
}

/** Handlers by method and path: `'GET /cart'`. */
export type Routes = Readonly<Record<string, (exchange: Exchange) => void | Promise<void>>>

export function answer(response: ServerResponse, status: number, page: string): void {
  response.writeHead(status, pageHeaders).end(page)
}

/** Answers and goes back to where the visitor was, by a GET. */
export function seeOther(response: ServerResponse, path: string): void {
  response.writeHead(303, { Location: path }).end()
}

const guard = createGuard()

/** A handler for `withSession`: refuses what other sites send, finds the route, reads the form, and answers where no route does or one fails. */
export const serve =
  (shop: Storefront, routes: Routes) =>
  async (request: IncomingMessage, response: ServerResponse, session: Session): Promise<void> => {
    const { headers } = request
    try {
      guard(request)
      const route = routes[keyOf(request)]
      if (route === undefined) answer(response, 404, shop.missing({ session, headers }))
      else await route({ session, headers, response, form: await readForm(request) })
    } catch (error) {
      const failure = failureOf(error)
      if (response.headersSent) response.destroy()
      else answer(response, failure.status, shop.failure(failure))
    }
  }

function keyOf({ method = '', url = '' }: IncomingMessage): string {
  const [path] = url.split('?', 1)
  // The answer to HEAD is the one to GET; Node leaves out its body.
  return `${method === 'HEAD' ? 'GET' : method} ${path}`
}
