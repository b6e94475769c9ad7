import { createGuard } from '@keepsake/next'
import { failureOf, pageHeaders, type Storefront, type Visitor } from 'example-shop'
import type { NextRequest } from 'next/server'
import { readForm } from './form.ts'
import { withSession } from './session.ts'

/** The argument of a route. */
export interface Call {
  readonly visitor: Visitor
  /** The fields of a form. */
  readonly fields: unknown
  readonly shop: Storefront
}

export type Route = (call: Call) => Response | Promise<Response>

export const html = (page: string, status = 200, headers = pageHeaders): Response =>
  new Response(page, { status, headers })

export const seeOther = (path: string): Response =>
  new Response(null, { status: 303, headers: { ...pageHeaders, Location: path } })

const guard = createGuard()

/** The route handler of all pages: with the visitor's session, behind the guard, and with an error page. */
export const handlerOf = (
  shop: () => Storefront,
  routes: Readonly<Record<string, Route>>,
): ((request: NextRequest) => Promise<Response>) =>
  withSession(async (session, request: NextRequest) => {
    const visitor = { session, headers: Object.fromEntries(request.headers) }
    try {
      guard(request)
      const name = `${request.method === 'HEAD' ? 'GET' : request.method} ${request.nextUrl.pathname}`
      const route = Object.hasOwn(routes, name) ? routes[name] : undefined
      if (route === undefined) return html(shop().missing(visitor), 404)
      return await route({ visitor, fields: await readForm(request), shop: shop() })
    } catch (error) {
      const failure = failureOf(error)
      return html(shop().failure(failure), failure.status)
    }
  })
