import type { AnyRequest, AnyResponse } from '../headers/messages.ts'
import { appearSent, type Progress } from './appear-sent.ts'
import { deferDestroy } from './deferred-destroy.ts'

/**
 * Makes a response that waits appear sent, from now on, and puts off the destruction of its socket: for good, where the
 * response is then given up, for whoever asked for it did not know of the answer to that.
 */
export class Appearance {
  /** Ends the appearance that all has been sent. */
  readonly endSent: () => void
  /** Gives the request its socket back; returns whether its destruction was asked for meanwhile. */
  readonly restoreSocket: () => boolean

  constructor(request: AnyRequest, response: AnyResponse, progress: Progress) {
    this.endSent = appearSent(request, response, progress)
    this.restoreSocket = deferDestroy(request, progress)
  }

  /** Ends both; returns as `restoreSocket` does. */
  end(): boolean {
    this.endSent()
    return this.restoreSocket()
  }
}
