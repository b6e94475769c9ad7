import type { RequestListener } from 'node:http'
import type { ShopData } from '../data.ts'

/** How a handler uses the session. */
export type Use = 'untouched' | 'read' | 'write'
export const USES: readonly Use[] = ['untouched', 'read', 'write']

export type Framework = 'node:http' | 'Express 5' | 'Koa 3'

/** Frameworks with session plugins of their own, which are measured too. */
export type Host = 'Fastify 5' | 'Hono 4'

export type AnyFramework = Framework | Host

/** An application with the paths `/fill`, `/untouched`, `/read` and `/write`. */
export interface Variant {
  readonly framework: AnyFramework
  /** Starts with `keepsake` for ours; `bare` is the same handler without a session. */
  readonly name: string
  readonly listener: (fill: ShopData) => RequestListener | Promise<RequestListener>
  /** How many visitors take turns, each with a different cookie. Default 1: the same visitor returns. */
  readonly visitors?: number
}

/** The cookie header for the bare handler, because browsers send cookies to any handler: as long as a sealed session's. */
export const PLAIN_COOKIE = `__Host-session=${'x'.repeat(242)}`

/** The name of the variant that marks the lower bound for a sealed session. */
export const PROTOTYPE = 'prototype'

/** The session that a handler uses, of any of the compared libraries. */
export type AnySession = Partial<ShopData>

/** The object that has the session: a request, a context, an attachment. Not a function, which would count as heap of a request. */
export interface Holder {
  readonly session?: AnySession | null | undefined
}

const NOTHING: AnySession = Object.freeze({})

/** The work of every application on a path, so that only the session makes a difference. Returns the body. */
export function answer(path: string | undefined, holder: Holder, fill: ShopData): string {
  if (path === '/read') return `${(holder.session ?? NOTHING).visits} visits\n`
  if (path === '/write') {
    // Without a session, there is nothing for the next request to read.
    const data = holder.session ?? {}
    data.visits = (data.visits ?? 0) + 1
    return `${data.visits} visits\n`
  }
  if (path === '/fill') Object.assign(holder.session ?? {}, fill)
  return '17 visits\n'
}
