import type { Header, MaybePromise, Session, Sessions, Visit, VisitOptions } from '@keepsake/core'
import { isCacheable } from './caching.ts'
import { isPlainHttp } from './connection.ts'
import { type Held, holdResponse } from './hold.ts'
import type { AnyRequest, AnyResponse } from './response.ts'

/** Answers a request whose session could not be saved. Nothing of the handler's response has left or will. */
export type Fail = (error: unknown) => void

/** A visit that belongs to a request and its response. */
export interface Attachment<D> {
  /** The session, opened at the first look. The response waits for its commit. */
  readonly session: Session<D>
}

/**
 * An attachment, with the one that was made before it for other sessions of the same request. It is all that a request
 * costs whose handler never looks, beside its visit and its hold: so it has no closures.
 */
export class ResponseAttachment<D> implements Attachment<D>, Held {
  readonly sessions: Sessions<D>
  readonly next: ResponseAttachment<unknown> | undefined
  readonly #visit: Visit<D>
  readonly #request: AnyRequest
  readonly #response: AnyResponse
  readonly #fail: Fail
  #isLooked = false

  constructor(
    sessions: Sessions<D>,
    next: ResponseAttachment<unknown> | undefined,
    visit: Visit<D>,
    request: AnyRequest,
    response: AnyResponse,
    fail: Fail,
  ) {
    this.sessions = sessions
    this.next = next
    this.#visit = visit
    this.#request = request
    this.#response = response
    this.#fail = fail
  }

  get session(): Session<D> {
    const { session } = this.#visit
    if (!this.#isLooked) this.#look()
    return session
  }

  commit(): MaybePromise<readonly Header[]> {
    const headers = this.#visit.close()
    if (headers instanceof Promise) return headers.then((given) => this.#observe(given))
    return this.#observe(headers)
  }

  fail(error: unknown): void {
    this.#fail(error)
  }

  /** Tells of what works against a session cookie that is set, before the headers put it right. */
  #observe(headers: readonly Header[]): readonly Header[] {
    const line = headers.find(([name]) => name === 'Set-Cookie')?.[1]
    if (line === undefined) return headers
    if (isCacheable(this.#response)) this.#visit.observed('cacheable_cookie')
    if (line.includes('; Secure') && isPlainHttp(this.#request)) this.#visit.observed('plain_http')
    return headers
  }

  #look(): void {
    this.#isLooked = true
    const visit = this.#visit
    if (this.#response.headersSent) this.#lookLate()
    // Not `once`, which costs a function more: it comes once, and settling twice would be no harm.
    this.#response.on('close', () => visit.settle())
  }

  /** The head has left before anybody looked: what changes from now on is late, and `Vary` is missing. */
  #lookLate(): void {
    this.#visit.settle()
    if (isCacheable(this.#response)) this.#visit.observed('cacheable_look')
  }
}

const ATTACHMENTS = Symbol('keepsake.attachments')

/** A request with the attachments it has, the newest first: nearly always none or one. */
interface Attached {
  [ATTACHMENTS]?: ResponseAttachment<unknown>
}

/** The attachments of a request, the one that was made last first. */
export function attachmentsOf(request: object): readonly ResponseAttachment<unknown>[] {
  const attachments: ResponseAttachment<unknown>[] = []
  let attachment = (request as Attached)[ATTACHMENTS]
  for (; attachment !== undefined; attachment = attachment.next) attachments.push(attachment)
  return attachments
}

/** The attachment that `attach` made for these sessions and this request. */
function attachmentOf<D>(sessions: Sessions<D>, request: object): Attachment<D> | undefined {
  let attachment = (request as Attached)[ATTACHMENTS]
  while (attachment !== undefined && attachment.sessions !== sessions) attachment = attachment.next
  return attachment
}

/**
 * Attaches a visit to a request, once however often it is called. What adapters stand on: the session is opened when
 * somebody looks at it. There at once where `sessions.open` is. The options of a first call count.
 */
export function attach<D>(
  sessions: Sessions<D>,
  request: AnyRequest,
  response: AnyResponse,
  fail: Fail,
  options: VisitOptions = NO_OPTIONS,
): MaybePromise<Attachment<D>> {
  const attached = attachmentOf(sessions, request)
  if (attached !== undefined) return attached
  const visit = sessions.open(request.headers.cookie, options)
  return visit instanceof Promise
    ? attachLater(sessions, request, response, fail, visit)
    : bindTo(request, sessions, visit, response, fail)
}

async function attachLater<D>(
  sessions: Sessions<D>,
  request: AnyRequest,
  response: AnyResponse,
  fail: Fail,
  visit: Promise<Visit<D>>,
): Promise<Attachment<D>> {
  const opened = await visit
  return attachmentOf(sessions, request) ?? bindTo(request, sessions, opened, response, fail)
}

const NO_OPTIONS: VisitOptions = Object.freeze({})

function bindTo<D>(
  request: AnyRequest & Attached,
  sessions: Sessions<D>,
  visit: Visit<D>,
  response: AnyResponse,
  fail: Fail,
): Attachment<D> {
  const next = request[ATTACHMENTS]
  const attachment = new ResponseAttachment(sessions, next, visit, request, response, fail)
  request[ATTACHMENTS] = attachment
  // Now, not at the first look: that may stand in the arguments of `response.end(…)`, whose `end` has been taken by then.
  if (!response.headersSent) holdResponse(request, response, attachment)
  return attachment
}
