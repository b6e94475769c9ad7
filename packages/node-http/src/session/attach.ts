import type { Session, Sessions, VisitOptions } from '@keepsake/core'
import { type AdapterVisit, type Header, type MaybePromise, openVisit } from '@keepsake/core/adapter'
import { isPlainHttp } from '../headers/connection.ts'
import type { AnyRequest, AnyResponse } from '../headers/messages.ts'
import { isCacheable } from '../headers/response-headers.ts'
import { Hold } from '../hold/hold.ts'
import {
  type Attachment,
  attachmentFor,
  listAttachment,
  type ListedAttachment,
  newestAttachmentOf,
} from './attachments.ts'

/** Answers a request whose session could not be saved. Nothing of the handler's response has left or will. */
export type Fail = (error: unknown, request: AnyRequest, response: AnyResponse) => void

/**
 * Attaches a visit to a request, once however often it is called. What adapters stand on: the session is opened when
 * somebody looks at it. There at once where `sessions.open` is. The options of the first call count.
 */
export function attach<D>(
  sessions: Sessions<D>,
  request: AnyRequest,
  response: AnyResponse,
  fail: Fail,
  options?: VisitOptions,
): MaybePromise<Attachment<D>> {
  const attached = attachmentFor(sessions, request)
  if (attached !== undefined) return attached
  const visit = openVisit(sessions, request, options)
  return visit instanceof Promise
    ? attachLater(sessions, request, response, fail, visit)
    : attachVisit(sessions, request, response, fail, visit)
}

async function attachLater<D>(
  sessions: Sessions<D>,
  request: AnyRequest,
  response: AnyResponse,
  fail: Fail,
  visit: Promise<AdapterVisit<D>>,
): Promise<Attachment<D>> {
  const opened = await visit
  return attachmentFor(sessions, request) ?? attachVisit(sessions, request, response, fail, opened)
}

function attachVisit<D>(
  sessions: Sessions<D>,
  request: AnyRequest,
  response: AnyResponse,
  fail: Fail,
  visit: AdapterVisit<D>,
): Attachment<D> {
  const attachment = new VisitAttachment(sessions, request, response, fail, visit)
  listAttachment(request, attachment)
  // Now, not at the first look: that may stand in the arguments of `response.end(…)`, whose `end` has been taken by then.
  if (!response.headersSent) attachment.begin()
  return attachment
}

/**
 * A visit and the hold of its response in one object. It is all that a request costs whose handler never looks, beside
 * the visit itself.
 */
class VisitAttachment<D> extends Hold implements ListedAttachment<D> {
  readonly sessions: Sessions<D>
  readonly next: ListedAttachment<unknown> | undefined
  readonly #fail: Fail
  readonly #visit: AdapterVisit<D>
  #isLooked = false

  constructor(
    sessions: Sessions<D>,
    request: AnyRequest,
    response: AnyResponse,
    fail: Fail,
    visit: AdapterVisit<D>,
  ) {
    super(request, response)
    this.sessions = sessions
    this.next = newestAttachmentOf(request)
    this.#fail = fail
    this.#visit = visit
  }

  get session(): Session<D> {
    const { session } = this.#visit
    if (!this.#isLooked) this.#look()
    return session
  }

  protected override commit(): MaybePromise<readonly Header[]> {
    const headers = this.#visit.close()
    return headers instanceof Promise ? this.#warnLater(headers) : this.#warn(headers)
  }

  protected override fail(error: unknown): void {
    this.#fail(error, this.request, this.response)
  }

  async #warnLater(headers: Promise<readonly Header[]>): Promise<readonly Header[]> {
    return this.#warn(await headers)
  }

  /** Warns of what works against a session cookie that is set, before the headers put it right. */
  #warn(headers: readonly Header[]): readonly Header[] {
    for (const header of headers) {
      if (header[0] === 'Set-Cookie') this.#warnOfCookie()
    }
    return headers
  }

  #warnOfCookie(): void {
    if (isCacheable(this.response)) this.#visit.warn('cacheable_cookie')
    // Every line of the cookie has the same attributes; the one that clears it is there already.
    const isSecure = this.sessions.cookie.clear().includes('; Secure')
    if (isSecure && isPlainHttp(this.request)) this.#visit.warn('plain_http')
  }

  #look(): void {
    this.#isLooked = true
    const visit = this.#visit
    if (this.response.headersSent) this.#lookLate()
    // Not `once`, which costs a function more: it comes once, and settling twice would be no harm.
    if (visit.needsSettling) this.response.on('close', () => visit.settle())
  }

  /** The head has left before anybody looked: what changes from now on is late, and `Vary` is missing. */
  #lookLate(): void {
    this.#visit.settle()
    if (isCacheable(this.response)) this.#visit.warn('cacheable_look')
  }
}
