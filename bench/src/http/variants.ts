import type { RequestListener } from 'node:http'
import type { ShopData } from '../data.ts'

/** What a handler does with the session. */
export type Use = 'untouched' | 'read' | 'write'
export const USES: readonly Use[] = ['untouched', 'read', 'write']

export type Framework = 'node:http' | 'Express 5' | 'Koa 3'

/** Frameworks that have session plugins of their own, measured beside those. */
export type Host = 'Fastify 5' | 'Hono 4'

export type AnyFramework = Framework | Host

/** An application that knows the paths `/fill`, `/untouched`, `/read` and `/write`. */
export interface Variant {
  readonly framework: AnyFramework
  /** Starts with `keepsake` for ours; `bare` for the same handler without a session. */
  readonly name: string
  readonly listener: (fill: ShopData) => RequestListener | Promise<RequestListener>
  /** How many take turns, each with a cookie of his own. Default 1, who comes again and again. */
  readonly visitors?: number
}

/** What the bare handler is sent, because browsers send cookies to any handler: as long as a sealed session's. */
export const PLAIN_COOKIE = `__Host-session=${'x'.repeat(242)}`

/** The name of the variant that says how little a sealed session can cost. */
export const PROTOTYPE = 'prototype'

/** A session as a handler sees it, whoever keeps it. */
export type AnySession = Partial<ShopData>

/** What has the session: a request, a context, an attachment. No function, which would weigh on the heap of a request. */
export interface Holder {
  readonly session?: AnySession | null | undefined
}

const NOTHING: AnySession = Object.freeze({})

/** What every application does on a path, so that only the session makes a difference. Returns the body. */
export function answer(path: string | undefined, holder: Holder, fill: ShopData): string {
  if (path === '/read') return `${(holder.session ?? NOTHING).visits} visits\n`
  if (path === '/write') {
    // Without a session there is nothing that the next request could see.
    const data = holder.session ?? {}
    data.visits = (data.visits ?? 0) + 1
    return `${data.visits} visits\n`
  }
  if (path === '/fill') Object.assign(holder.session ?? {}, fill)
  return '17 visits\n'
}
