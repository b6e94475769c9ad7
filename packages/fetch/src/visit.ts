import type { Header, Session, Sessions } from '@keepsake/core'
import {
  type AdapterVisit,
  applyHeaders,
  isCacheable,
  isPlainHttp,
  isSecureCookie,
  listAttachment,
  type ListedAttachment,
  newestAttachmentOf,
} from '@keepsake/core/adapter'
import { HEADERS, REQUEST } from './access.ts'
import { noteSaved } from './saved.ts'
import { withHeaders } from './with-headers.ts'

/** A visit of a request of the Fetch API; see `FetchVisit`. */
export class RequestVisit<D> implements ListedAttachment<D> {
  readonly sessions: Sessions<D>
  readonly next: ListedAttachment<unknown> | undefined
  readonly #request: Request
  readonly #visit: AdapterVisit<D>
  /** Whether the session was used. */
  #isSeen = false
  /** The headers of a response being sent; later changes are late. */
  #sent: Headers | undefined

  constructor(sessions: Sessions<D>, request: Request, visit: AdapterVisit<D>) {
    this.sessions = sessions
    this.next = newestAttachmentOf(request)
    this.#request = request
    this.#visit = visit
    listAttachment(request, this)
  }

  get session(): Session<D> {
    const { session } = this.#visit
    if (this.#sent !== undefined) this.#noticeLate(session, this.#sent)
    this.#isSeen = true
    return session
  }

  async answer(response: Response): Promise<Response> {
    this.#sent = response.headers
    // No other headers can be sent for it: its changes are as late as after any response.
    if (response.status === SWITCHING_PROTOCOLS) this.#visit.settle()
    else
      try {
        const added = await this.#visit.close()
        // A copy: headers may be immutable, and a response shared by several visitors must not collect cookies.
        if (added.length > 0) return this.#copy(response, added)
      } catch (error) {
        response.body?.cancel().catch(() => undefined)
        noteSaved(error, this.#visit.saved)
        throw error
      }
    return response
  }

  failed(response: Response): Response {
    return withHeaders(response, this.#visit.saved)
  }

  settle(): void {
    if (this.#visit.needsSettling) this.#visit.settle()
  }

  #copy(response: Response, added: readonly Header[]): Response {
    const copy = new Response(this.#watched(response.body), response)
    this.#warn(added, copy.headers)
    applyHeaders(HEADERS, copy.headers, added)
    return copy
  }

  /** Later changes are late: right after the response is returned, and while its body is being streamed. */
  #watched(body: Response['body']): Response['body'] {
    if (!this.#visit.needsSettling) return body
    const settle = (): void => this.#visit.settle()
    soon(settle)
    return body && body.pipeThrough(new TransformStream({ flush: settle, cancel: settle }))
  }

  /** Reports problems of a session cookie being set, before the headers correct them. */
  #warn(added: readonly Header[], headers: Headers): void {
    if (!added.some(([name]) => name === 'Set-Cookie') || !this.#visit.needsCheck) return
    if (isCacheable(HEADERS, headers)) this.#visit.warn('cacheable_cookie')
    if (isSecureCookie(this.sessions.cookie) && isPlainHttp(REQUEST, this.#request))
      this.#visit.warn('plain_http')
  }

  /** The session is used after the headers were sent, perhaps to change it: later checks show that. */
  #noticeLate(session: Session<D>, sent: Headers): void {
    if (!this.#isSeen) {
      this.#visit.settle()
      if (isCacheable(HEADERS, sent)) this.#visit.warn('cacheable_look')
    }
    // Earlier changes have been reported.
    if (!session.isChanged && this.#visit.needsSettling) soon(() => this.#visit.settle())
  }
}

const SWITCHING_PROTOCOLS = 101

/** Workers have no `setImmediate` without a compatibility flag. */
const soon: (work: () => void) => unknown = globalThis.setImmediate ?? setTimeout
