import type { CrossOriginReason } from '../base/reasons.ts'

/**
 * The cross-origin guard has refused a request. Frameworks answer 403. It carries nothing that came with the request, so
 * it may be shown to whoever sent it (which `expose` tells Koa).
 */
export class CrossOriginError extends Error {
  override readonly name = 'CrossOriginError'
  readonly code = 'KEEPSAKE_CROSS_ORIGIN'
  readonly status = 403
  readonly expose = true
  readonly reason: CrossOriginReason

  constructor(reason: CrossOriginReason) {
    super(`the request does not show that it comes from a page of this site (${reason})`)
    this.reason = reason
  }
}
