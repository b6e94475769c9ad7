import type { Session } from '../session/session.ts'
import type { Cookie } from '../cookie/cookie.ts'
import type { MaybePromise } from '../base/maybe-promise.ts'

/** A visit that belongs to a request and its response. */
export interface Attachment<D> {
  /** The session, opened when first used. The response waits for its commit. */
  readonly session: Session<D>
}

/** The sessions that an attachment was made for. */
interface Owner<D> {
  readonly cookie: Cookie
  open(header: undefined): MaybePromise<{ readonly session: Session<D> }>
}

/** An attachment in the list of its request. */
export interface ListedAttachment<D> extends Attachment<D> {
  readonly sessions: Owner<D>
  /** The attachment that was made before it, for other sessions. */
  readonly next: ListedAttachment<unknown> | undefined
}

const NEWEST = Symbol('keepsake.attachments')

/** A request with its attachments, newest first: nearly always none or one. */
interface Attached {
  [NEWEST]?: ListedAttachment<unknown>
}

/** The newest attachment of a request. */
export function newestAttachmentOf(request: object): ListedAttachment<unknown> | undefined {
  return (request as Attached)[NEWEST]
}

/** The attachments of a request, newest first. */
export function attachmentsOf(request: object): readonly ListedAttachment<unknown>[] {
  const attachments: ListedAttachment<unknown>[] = []
  let attachment = newestAttachmentOf(request)
  for (; attachment !== undefined; attachment = attachment.next) attachments.push(attachment)
  return attachments
}

/** The attachment of a request that was made for these sessions. */
export function attachmentFor<D>(sessions: Owner<D>, request: object): Attachment<D> | undefined {
  let attachment = newestAttachmentOf(request)
  while (attachment !== undefined && attachment.sessions !== sessions) attachment = attachment.next
  return attachment
}

/** Puts an attachment, whose `next` is the newest, before those that a request has. */
export function listAttachment(request: object, attachment: ListedAttachment<unknown>): void {
  ;(request as Attached)[NEWEST] = attachment
}
