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

/** A visit of a request of the Fetch API; see `FetchVisit`. */
export class RequestVisit<D> implements ListedAttachment<D> {
  readonly sessions: Sessions<D>
  readonly next: ListedAttachment<unknown> | undefined
  readonly #request: Request
  readonly #visit: AdapterVisit<D>
  /** Whether somebody has looked at the session. */
  #isSeen = false
  /** The headers that are on their way; what changes from now on is late. */
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
    // No other head can be made of it: what has changed comes as late as after any.
    if (response.status === SWITCHING_PROTOCOLS) this.#visit.settle()
    else
      try {
        const added = await this.#visit.close()
        // A copy: headers may be immutable, and a response that several visitors are given must not collect cookies.
        if (added.length > 0) return this.#copy(response, added)
      } catch (error) {
        response.body?.cancel().catch(() => undefined)
        throw error
      }
    return response
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

  /** What changes from now on is late: right after the response is given back, and while its body is a stream that goes on. */
  #watched(body: Response['body']): Response['body'] {
    if (!this.#visit.needsSettling) return body
    const settle = (): void => this.#visit.settle()
    soon(settle)
    return body && body.pipeThrough(new TransformStream({ flush: settle, cancel: settle }))
  }

  /** Warns of what works against a session cookie that is set, before the headers put it right. */
  #warn(added: readonly Header[], headers: Headers): void {
    if (!added.some(([name]) => name === 'Set-Cookie')) return
    if (isCacheable(HEADERS, headers)) this.#visit.warn('cacheable_cookie')
    if (isSecureCookie(this.sessions.cookie) && isPlainHttp(REQUEST, this.#request))
      this.#visit.warn('plain_http')
  }

  /** Somebody takes the session when the head has left, perhaps to change it: what follows shows that. */
  #noticeLate(session: Session<D>, sent: Headers): void {
    if (!this.#isSeen) {
      this.#visit.settle()
      if (isCacheable(HEADERS, sent)) this.#visit.warn('cacheable_look')
    }
    // What is changed already has been told of.
    if (!session.isChanged && this.#visit.needsSettling) soon(() => this.#visit.settle())
  }
}

const SWITCHING_PROTOCOLS = 101

/** Workers have no `setImmediate` unless they are told to. */
const soon: (work: () => void) => unknown = globalThis.setImmediate ?? setTimeout
