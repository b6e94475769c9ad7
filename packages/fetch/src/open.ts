import type { Session, Sessions, VisitOptions } from '@keepsake/core'
import { attachmentFor, openVisit } from '@keepsake/core/adapter'
import { RequestVisit } from './visit.ts'

/** The session of a request, until its response is created. */
export interface FetchVisit<D> {
  /** The session; its first use opens it. */
  readonly session: Session<D>
  /**
   * Saves the session, and returns the response with the session's headers; if the session was not used, it returns the response
   * unchanged. Call it once per request, for every response, error pages included.
   *
   * @throws the errors of `Visit.close` of `@keepsake/core` if the session cannot be saved: respond with `plainResponse`, or
   * with a page of your own through `failed`, without the response's headers; its body is cancelled.
   */
  answer(response: Response): Promise<Response>
  /**
   * The error response for a session that could not be saved, with the headers of what `session.save()` had saved before, such as
   * its new cookie.
   */
  failed(response: Response): Response
  /** For a request whose response is made by others, without `answer`: reports a change that is lost by this. */
  settle(): void
}

/**
 * Opens the session of a request, once even if called repeatedly, for other control flows:
 *
 * ```ts
 * const visit = await open(sessions, request)
 * visit.session.visits = (visit.session.visits ?? 0) + 1
 * return visit.answer(new Response('hello'))
 * ```
 *
 * The options of the first call count.
 *
 * @throws {StoreError} when the store fails, unless `whenStoreFails` is `'anonymous'`.
 */
export async function open<D>(
  sessions: Sessions<D>,
  request: Request,
  options?: VisitOptions,
): Promise<FetchVisit<D>> {
  const attached = attachedTo(request, sessions)
  if (attached !== undefined) return attached
  const visit = await openVisit(sessions, request, options)
  // Others may have awaited it too.
  return attachedTo(request, sessions) ?? new RequestVisit(sessions, request, visit)
}

/** Only `open` attaches to requests of the Fetch API. */
const attachedTo = <D>(request: Request, sessions: Sessions<D>): RequestVisit<D> | undefined =>
  attachmentFor(sessions, request) as RequestVisit<D> | undefined
