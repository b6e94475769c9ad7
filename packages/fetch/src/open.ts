import type { Session, Sessions, VisitOptions } from '@keepsake/core'
import { attachmentFor, openVisit } from '@keepsake/core/adapter'
import { RequestVisit } from './visit.ts'

/** The session of a request, until its response is answered. */
export interface FetchVisit<D> {
  /** The first look opens it. */
  readonly session: Session<D>
  /**
   * Saves the session, and gives back the response with the headers that this takes; one that nobody has looked at is given
   * back as it is. For every request once, with whatever is answered: also an error page.
   *
   * @throws what `Visit.close` of `@keepsake/core` throws, where the session cannot be saved: answer that with an error, and with none of
   * the headers of the response, whose body is cancelled.
   */
  answer(response: Response): Promise<Response>
  /** For a request whose response is made by others, without `answer`: reports a change that is lost by this. */
  settle(): void
}

/**
 * Opens the session of a request, once however often it is called for it, for frameworks with a flow of their own:
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
  // Others may have waited beside it.
  return attachedTo(request, sessions) ?? new RequestVisit(sessions, request, visit)
}

/** Nothing but `open` attaches to requests of the Fetch API. */
const attachedTo = <D>(request: Request, sessions: Sessions<D>): RequestVisit<D> | undefined =>
  attachmentFor(sessions, request) as RequestVisit<D> | undefined
