import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Session } from '@keepsake/core'
import { createGuard } from '@keepsake/node-http'
import { failureOf, pageHeaders, type Storefront, type Visitor } from 'example-shop'
import { readForm } from './form.ts'

/** The request with everything that a route needs. */
export interface Exchange extends Visitor {
  readonly response: ServerResponse
  /** The fields of a submitted form; they may contain anything. */
  readonly form: unknown
}

/** Handlers by method and path: `'GET /cart'`. */
export type Routes = Readonly<Record<string, (exchange: Exchange) => void | Promise<void>>>

export function answer(response: ServerResponse, status: number, page: string): void {
  response.writeHead(status, pageHeaders).end(page)
}

/** A style or a script, which the browser may keep. */
export function sendAsset(response: ServerResponse, type: string, text: string): void {
  const headers = { 'Content-Type': `${type}; charset=utf-8`, 'Cache-Control': 'no-cache' }
  response.writeHead(200, headers).end(text)
}

/** Redirects to the previous page with a GET. */
export function seeOther(response: ServerResponse, path: string): void {
  response.writeHead(303, { Location: path }).end()
}

const guard = createGuard()

/** A handler for `withSession`: refuses requests from other sites, finds the route, parses the form, and handles unknown paths and errors. */
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
  // HEAD gets the response to GET; Node omits its body.
  return `${method === 'HEAD' ? 'GET' : method} ${path}`
}
