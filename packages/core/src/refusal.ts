import type { OriginReason } from './origin.ts'

/** Why the cross-origin guard refuses a request: for where it comes from, or for want of the session's token. */
export type RefusalReason =
  | OriginReason
  /** No token came where one is asked for, in the header or in the body. */
  | 'no_csrf_token'
  /** The token that came is not of this session, or is of an id that it had before. */
  | 'wrong_csrf_token'

/**
 * The cross-origin guard has refused a request. Frameworks answer 403. It carries nothing that came with the request, so
 * it may be shown to whoever sent it (which `expose` tells Koa).
 */
export class CrossOriginError extends Error {
  override readonly name = 'CrossOriginError'
  readonly code = 'KEEPSAKE_CROSS_ORIGIN'
  readonly status = 403
  readonly expose = true
  readonly reason: RefusalReason

  constructor(reason: RefusalReason) {
    super(`the request does not show that it comes from a page of this site (${reason})`)
    this.reason = reason
  }
}
