import type { Row } from '../store/row.ts'
import type { Plan } from '../record/plan.ts'
import { type Content, contentIn, type OpenRecord, type SessionRecord, writeText } from '../record/record.ts'
import type { CookieHashes } from './store-cookie.ts'
import { NO_METADATA } from '../record/metadata.ts'
import type { KeySize } from '../base/size-errors.ts'
import type { MaybePromise } from '../base/maybe-promise.ts'
import type { ExpiryReason, UnopenedReason } from '../base/reasons.ts'

/** Where a stored record lies, and which of its texts was read: the revision that a write must still find. */
export interface Place {
  /** The cookie of this request, and what its verifier hashes to; another request may have given the row a new one. */
  readonly cookie: string
  readonly proof: string
  readonly key: string
  /** How its cookies are hashed: by the name that the cookie had when the session began. */
  readonly hashes: CookieHashes
  readonly sealed: string
  readonly row: Row
  /** The sid in the row: another one than this request's own when another request has renewed it. */
  readonly sid: Uint8Array
}

/** A record in force. Without a place it lies in the cookie. */
export interface InForce extends SessionRecord {
  readonly place: Place | undefined
}

/** A record that was just opened. */
export type OpenInForce = OpenRecord<Place>

/** What one cookie value turned out to be. */
export type Loaded =
  | { readonly reason: 'opened' | 'opened_stale'; readonly record: OpenInForce }
  /**
   * `ended`: the store has nothing that this cookie opens. `superseded`: it did, until another request gave the session
   * a new cookie a moment ago. `revoked`: a sealed session that is on the revocation list. `unfit`: its data does
   * not fit the schema, which only a watch says here.
   */
  | {
      readonly reason: UnopenedReason | ExpiryReason | 'ended' | 'superseded' | 'revoked' | 'unfit'
      readonly record: undefined
      /** Of a superseded cookie: what its row holds now. Only for a login of the subject that is logged in there. */
      readonly standing?: OpenInForce | undefined
    }

/** Whether a row is known to hold a text of this id, now or under the later ones. */
export type HasText = (id: string) => boolean

/** A handler's changes, to be made on what stands there instead of what the request read. Pure. */
export interface Changes {
  /**
   * On top of what another request has written meanwhile.
   *
   * @throws {RecordTooLargeError} when the two together are more than the mode can hold.
   */
  rebase(theirs: SessionRecord, hasText: HasText): SessionRecord
  /** In a record of its own, for a login whose row is gone or belongs to another login, `theirs`. */
  apart(theirs: SessionRecord | undefined): InForce
  /** Alone, in a new session, because an anonymous one is gone; undefined when nothing is left of them. */
  alone(): SessionRecord | undefined
}

/** A plan to be carried out, with all that it takes. */
export interface Commit {
  readonly plan: Plan
  readonly before: InForce | undefined
  readonly after: InForce
  /** Whether it is the session that came, and not another one in its place. */
  readonly continues: boolean
  /** A login is never refused: where it cannot have the row, it gets one of its own. */
  readonly isLogin: boolean
  /** When it began; epoch seconds. */
  readonly at: number
  /** The cookie of a new sid in its row, 48 random bytes in base64url: the same one for each attempt. */
  readonly newCookie: () => string
  /** The cookie of a new row: another one each time, for an earlier attempt may be on its way still. */
  readonly newRowCookie: () => string
  /**
   * Does work once no commit of the same visit is under way, and not at all where a later one has been carried out, and has
   * given out what this one may have written. What begins meanwhile comes after the work.
   */
  readonly unlessOvertaken: (work: () => Promise<unknown>) => Promise<void>
  readonly changes: Changes
  /** Ids of the texts that were tried for this commit. */
  readonly tried: string[]
}

/** The same commit with another plan or another record. Its changes stay what they are. */
export function variantOf(commit: Commit, change: Partial<Pick<Commit, 'plan' | 'after'>>): Commit {
  const { plan, before, after, continues, isLogin, at, changes, tried } = commit
  const newCookie = (): string => commit.newCookie()
  const newRowCookie = (): string => commit.newRowCookie()
  const unlessOvertaken: Commit['unlessOvertaken'] = (work) => commit.unlessOvertaken(work)
  const methods = { newCookie, newRowCookie, unlessOvertaken }
  return { plan, before, after, continues, isLogin, at, changes, tried, ...methods, ...change }
}

export interface Committed {
  /**
   * `merged`: another request's changes are in it too. `restarted`: the session was gone, and its changes began a new
   * one. `gone`: the session is over; nothing was written.
   */
  readonly outcome: 'done' | 'merged' | 'restarted' | 'gone'
  /** What is in force now; undefined when nothing is. */
  readonly record: InForce | undefined
  /** The cookie's new value; undefined: the cookie stays as it is, or goes when no record is in force. */
  readonly value: string | undefined
}

/** Whether the request has been refused meanwhile, because the store took too long. */
export type IsOver = () => boolean

/** Where nothing limits the time. */
export const IN_TIME: IsOver = () => false

export const GONE: Committed = Object.freeze({ outcome: 'gone', record: undefined, value: undefined })

/** How a record in force is watched. */
export interface RecordWatch {
  /**
   * What a request with its cookie would find now.
   *
   * @throws {StoreError} when the store fails.
   */
  look(now: number): MaybePromise<Loaded>
  /**
   * Has `changed` called soon after another request wrote or ended it, and perhaps when nothing happened; returns what
   * ends that. Undefined where the store cannot tell: then it has to be looked at from time to time.
   *
   * @throws {StoreError} when the store fails.
   */
  readonly listen: ((changed: () => void) => MaybePromise<(() => void) | undefined>) | undefined
}

/** What sealed and stored sessions have in common. */
interface AnyMode {
  /** The longest record that it can hold, in bytes of text. */
  readonly maxTextBytes: number
  tooLarge(textBytes: number, sizes: readonly KeySize[]): Error
  /** The cookie's value for a record in force; undefined where another request has given the session a new one. */
  valueFor(record: InForce): string | undefined
  /** Undefined where nothing but its time ends a record. */
  watchRecord(record: InForce): RecordWatch | undefined
}

/** Records in the cookie are opened at the first look. `load` takes any text and never throws. */
export interface LazyMode extends AnyMode {
  readonly isLazy: true
  readonly name: 'cookie'
  load(value: string, now: number): Loaded
  apply(commit: Commit): Committed
}

/**
 * Records of which something lies in a store are fetched before the handler runs, so that it can read them like any
 * property.
 */
export interface EagerMode extends AnyMode {
  readonly isLazy: false
  /** Where the records themselves live. */
  readonly name: 'cookie' | 'store'
  load(value: string, now: number): MaybePromise<Loaded>
  /** `load` in two halves: fetched now, opened at the first look. Undefined where they cannot be told apart. */
  readonly fetch: ((value: string, now: number) => MaybePromise<() => Loaded>) | undefined
  /** Carries a commit out. One that fails, or `isOver` before it is done, leaves what the browser has as it was. */
  apply(commit: Commit, isOver?: IsOver): MaybePromise<Committed>
}

/** Where records live. The whole difference between sealed and stored sessions. */
export type Mode = LazyMode | EagerMode

/** @throws {CookieTooLargeError | RecordTooLargeError} when the text is more than the mode can hold. */
export function checkSize(mode: Mode, text: string): void {
  // No character of a text takes more than three bytes.
  if (3 * text.length <= mode.maxTextBytes) return
  const bytes = Buffer.byteLength(text)
  if (bytes > mode.maxTextBytes) throw mode.tooLarge(bytes, sizesOf(contentIn(text)))
}

/** The keys of a session, and its flash messages, with what each weighs, heaviest first. */
function sizesOf({ data, flash }: Content): KeySize[] {
  const sizes = Object.entries(data).map(([key, value]) => sizeOf(key, writeText({ [key]: value })))
  // No key of the data has this name, which is a control's.
  if (flash.length > 0) sizes.push(sizeOf('flash', writeText({}, { ...NO_METADATA, flash })))
  return sizes.sort((a, b) => b.bytes - a.bytes)
}

const sizeOf = (key: string, text: string): KeySize => ({ key, bytes: Buffer.byteLength(text) - 2 })
