import type { ServerResponse } from 'node:http'
import type { Session, Sessions, VisitOptions } from '@keepsake/core'
import {
  type AdapterVisit,
  type Attachment,
  attachmentFor,
  type Header,
  isCacheable,
  isPlainHttp,
  isSecureCookie,
  listAttachment,
  type ListedAttachment,
  type MaybePromise,
  newestAttachmentOf,
  openVisit,
} from '@keepsake/core/adapter'
import { REQUEST } from '../headers/connection.ts'
import { type AnyRequest, type AnyResponse, headerOf, isResponse, streamOf } from '../headers/messages.ts'
import { isSetCookie, RESPONSE } from '../headers/response-headers.ts'
import { unreturnedBecause } from '../headers/unreturned.ts'
import { Hold } from '../hold/hold.ts'
import { failPlainly } from './plain-answer.ts'

/** Responds to a request whose session could not be saved. Nothing of the handler's response was or will be sent. */
export type Fail = (error: unknown, request: AnyRequest, response: AnyResponse) => void

/**
 * Attaches a visit to a request, once even if called repeatedly. The basis of adapters: the session is opened when
 * first used. Synchronous if `sessions.open` is. The options of the first call count.
 *
 * If there is a socket instead of a response, as in an upgrade that socket.io handles, headers cannot be held back: changes are
 * late, and the session can only be read and watched.
 *
 * @param fail Default: the error's status in plain text, and the error on standard error.
 * @throws {TypeError} without a response.
 */
export function attach<D>(
  sessions: Sessions<D>,
  request: AnyRequest,
  response: AnyResponse,
  fail: Fail = failPlainly,
  options?: VisitOptions,
): MaybePromise<Attachment<D>> {
  if (!isResponse(response)) throw new TypeError(NO_RESPONSE)
  const attached = attachmentFor(sessions, request)
  if (attached !== undefined) return attached
  const visit = openVisit(sessions, request, options)
  return visit instanceof Promise
    ? attachLater(sessions, request, response, fail, visit)
    : attachVisit(sessions, request, response, fail, visit)
}

const NO_RESPONSE =
  'session: there is no response that could wait for the session; for a request without one, such as a WebSocket upgrade, ' +
  'write const { session } = await sessions.open(request.headers.cookie)'

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
  // Now, not at the first use: that may be in the arguments of `response.end(…)`, whose `end` has been read by then.
  if (!hasLeft(response)) attachment.begin()
  return attachment
}

/** Whether the session was used: not at all, before, or after its response has closed. */
type Look = 'none' | 'seen' | 'over'

/** Whether the headers were sent; without this property a socket replaces the response, and nothing can wait. */
const hasLeft = (response: AnyResponse): boolean => (response as Partial<AnyResponse>).headersSent ?? true

/** Whether a response has closed; HTTP/2 lacks the property, so its stream is checked instead. */
const isClosed = (response: AnyResponse): boolean =>
  streamOf(response)?.destroyed ?? (response as ServerResponse).closed

/**
 * A visit and the hold of its response in one object. A request whose handler never uses the session costs only this and
 * the visit itself.
 */
class VisitAttachment<D> extends Hold implements ListedAttachment<D> {
  readonly sessions: Sessions<D>
  readonly next: ListedAttachment<unknown> | undefined
  readonly #fail: Fail
  readonly #visit: AdapterVisit<D>
  #look: Look = 'none'

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
    if (this.#look !== 'seen') this.#notice(session)
    return session
  }

  protected override commit(): MaybePromise<readonly Header[]> {
    const headers = this.#visit.close()
    return headers instanceof Promise ? this.#warnLater(headers) : this.#warn(headers)
  }

  protected override get saved(): readonly Header[] {
    return this.#visit.saved
  }

  protected override fail(error: unknown): void {
    this.#fail(error, this.request, this.response)
  }

  async #warnLater(headers: Promise<readonly Header[]>): Promise<readonly Header[]> {
    return this.#warn(await headers)
  }

  /** Reports problems of a session cookie being set, before the headers correct them. */
  #warn(headers: readonly Header[]): readonly Header[] {
    if (headers.some(isSetCookie) && this.#visit.needsCheck) this.#warnOfCookie()
    if (this.#visit.returnWatch.isOn()) this.#watchReturn(headers)
    return headers
  }

  /** A cookie that never comes back makes each request a new session, without a visible cause. */
  #watchReturn(headers: readonly Header[]): void {
    const { request } = this
    const hasCome = this.sessions.cookie.readAll(headerOf(request, 'cookie')).length > 0
    const isSet = !hasCome && headers.some(isSetCookie)
    // Another warning covers plain http on a host that is not local.
    if (isSet ? this.#isSecure && isPlainHttp(REQUEST, request) : !hasCome) return
    const visitor = `${request.socket.remoteAddress} ${String(headerOf(request, 'user-agent'))}`
    if (this.#visit.returnWatch.sees(visitor, hasCome ? 'came' : 'set'))
      this.#visit.warn('unreturned_cookie', unreturnedBecause(request, this.#isSecure))
  }

  get #isSecure(): boolean {
    return isSecureCookie(this.sessions.cookie)
  }

  #warnOfCookie(): void {
    if (isCacheable(RESPONSE, this.response)) this.#visit.warn('cacheable_cookie')
    if (this.#isSecure && isPlainHttp(REQUEST, this.request)) this.#visit.warn('plain_http')
  }

  #notice(session: Session<D>): void {
    if (this.#look === 'none') this.#lookFirst()
    if (this.#look === 'over') this.#lookAgain(session)
  }

  #lookFirst(): void {
    const { response } = this
    if (hasLeft(response)) this.#lookLate()
    this.#look = isClosed(response) ? 'over' : 'seen'
    // Not `once`, which costs an additional function: the event comes once, and settling twice is harmless.
    if (this.#look === 'seen' && this.#visit.needsSettling) response.on('close', () => this.#settle())
  }

  /** The session is used after the response has closed, perhaps to change it: later checks show that. */
  #lookAgain(session: Session<D>): void {
    // Earlier changes have been reported.
    if (session.isChanged || !this.#visit.needsSettling) return
    this.#look = 'seen'
    setImmediate(() => this.#settle())
  }

  #settle(): void {
    this.#look = 'over'
    this.#visit.settle()
  }

  /** The headers were sent before the first use: later changes are late, and `Vary` is missing. */
  #lookLate(): void {
    this.#visit.settle()
    if (this.response.headersSent && isCacheable(RESPONSE, this.response)) this.#visit.warn('cacheable_look')
  }
}
