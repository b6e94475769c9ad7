import type { Row } from '../store/row.ts'
import type { Plan } from '../record/plan.ts'
import type { Content, OpenRecord, SessionRecord } from '../record/record.ts'
import { contentIn, writeText } from '../record/text.ts'
import type { CookieHashes } from './store-cookie.ts'
import { NO_METADATA } from '../record/metadata.ts'
import type { KeySize } from '../base/size-errors.ts'
import type { MaybePromise } from '../base/maybe-promise.ts'
import type { ExpiryReason, UnopenedReason } from '../base/reasons.ts'

/** Where a stored record is, and which of its texts was read: a write must find the same revision. */
export interface Place {
  /** This request's cookie, and the hash of its verifier; another request may have given the row a new cookie. */
  readonly cookie: string
  readonly proof: string
  readonly key: string
  /** How its cookies are hashed: by the name that the cookie had when the session began. */
  readonly hashes: CookieHashes
  readonly sealed: string
  readonly row: Row
  /** The sid in the row; it differs from this request's own if another request has renewed it. */
  readonly sid: Uint8Array
}

/** A record in force. Without a place it is in the cookie. */
export interface InForce extends SessionRecord {
  readonly place: Place | undefined
}

/** A record that was just opened. */
export type OpenInForce = OpenRecord<Place>

/** The result of loading one cookie value. */
export type Loaded =
  | { readonly reason: 'opened' | 'opened_stale'; readonly record: OpenInForce }
  /**
   * `ended`: the store has no session for this cookie. `superseded`: it had, until another request gave the session
   * a new cookie a moment ago. `revoked`: a sealed session that is on the revocation list. `unfit`: its data does
   * not match the schema, which only a watch reports here.
   */
  | {
      readonly reason: UnopenedReason | ExpiryReason | 'ended' | 'superseded' | 'revoked' | 'unfit'
      readonly record: undefined
      /** For a superseded cookie: the row's current record. Only for a login of the subject that is logged in there. */
      readonly standing?: OpenInForce | undefined
    }

/** Whether a row is known to contain a text of this id, now or under the later ones. */
export type HasText = (id: string) => boolean

/** A handler's changes, to apply to the current record instead of the one that the request read. Pure. */
export interface Changes {
  /**
   * On top of another request's changes.
   *
   * @throws {RecordTooLargeError} if the result is more than the mode can hold.
   */
  rebase(theirs: SessionRecord, hasText: HasText): SessionRecord
  /** In a separate record, for a login whose row is gone or belongs to another login, `theirs`. */
  apart(theirs: SessionRecord | undefined): InForce
  /** On their own, in a new session, because an anonymous one is gone; undefined if nothing is left of them. */
  alone(): SessionRecord | undefined
  /**
   * Whether an earlier attempt of the same visit, whose outcome was unknown, has written all of them.
   *
   * @throws {StoreError} if that can no longer be determined.
   */
  areIn(hasText: HasText): boolean
}

/** A plan to carry out, with everything that it needs. */
export interface Commit {
  readonly plan: Plan
  readonly before: InForce | undefined
  readonly after: InForce
  /** Whether it is the request's session, not one that replaces it. */
  readonly continues: boolean
  /** A login is never rejected: if it cannot have the row, it gets a new one. */
  readonly isLogin: boolean
  /** When it began; epoch seconds. */
  readonly at: number
  /** The cookie of a new sid in its row, 48 random bytes in base64url: the same one for each attempt. */
  readonly newCookie: () => string
  /** The cookie of a new row: different each time, because an earlier attempt may still be pending. */
  readonly newRowCookie: () => string
  /**
   * Runs work once no commit of the same visit is running, unless a later commit has succeeded and has
   * sent what this one may have written. Later commits wait for the work.
   */
  readonly unlessOvertaken: (work: () => Promise<unknown>) => Promise<void>
  readonly changes: Changes
  /** The ids of the texts tried for this commit. */
  readonly tried: string[]
}

/** The same commit with another plan or another record. Its changes stay the same. */
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
   * `merged`: it includes another request's changes. `restarted`: the session was gone, and its changes began a new
   * one. `gone`: the session has ended; nothing was written.
   */
  readonly outcome: 'done' | 'merged' | 'restarted' | 'gone'
  /** The record now in force; undefined if there is none. */
  readonly record: InForce | undefined
  /** The cookie's new value; undefined: the cookie stays as it is, or is deleted if no record is in force. */
  readonly value: string | undefined
}

/** Whether the request has been rejected because the store took too long. */
export type IsOver = () => boolean

/** Without a time limit. */
export const IN_TIME: IsOver = () => false

export const GONE: Committed = Object.freeze({ outcome: 'gone', record: undefined, value: undefined })

/** How a record in force is watched. */
export interface RecordWatch {
  /**
   * What a request with its cookie would find now.
   *
   * @throws {StoreError} if the store fails.
   */
  look(now: number): MaybePromise<Loaded>
  /**
   * Makes the store call `changed` soon after another request wrote or ended it, and possibly without a change; returns a function that
   * stops this. Undefined if the store cannot notify: then it is polled.
   *
   * @throws {StoreError} if the store fails.
   */
  readonly listen: ((changed: () => void) => MaybePromise<(() => void) | undefined>) | undefined
}

/** The common part of sealed and stored sessions. */
interface AnyMode {
  /** The longest record that it can hold, in bytes of text. */
  readonly maxTextBytes: number
  tooLarge(textBytes: number, sizes: readonly KeySize[]): Error
  /** The cookie's value for a record in force; undefined if another request has given the session a new one. */
  valueFor(record: InForce): string | undefined
  /** Undefined if only expiry ends a record. */
  watchRecord(record: InForce): RecordWatch | undefined
}

/** Records in the cookie are opened when first used. `load` accepts any text and never throws. */
export interface LazyMode extends AnyMode {
  readonly isLazy: true
  readonly name: 'cookie'
  load(value: string, now: number): Loaded
  apply(commit: Commit): Committed
}

/**
 * Records that need a store are fetched before the handler runs, so that it can read them like any
 * property.
 */
export interface EagerMode extends AnyMode {
  readonly isLazy: false
  /** Where the records themselves live. */
  readonly name: 'cookie' | 'store'
  load(value: string, now: number): MaybePromise<Loaded>
  /** `load` in two halves: fetch now, open when first used. Undefined if they cannot be separated. */
  readonly fetch: ((value: string, now: number) => MaybePromise<() => Loaded>) | undefined
  /** Carries out a commit. If it fails, or `isOver` before it is done, the browser's session stays as it was. */
  apply(commit: Commit, isOver?: IsOver): MaybePromise<Committed>
}

/** Where records live: the only difference between sealed and stored sessions. */
export type Mode = LazyMode | EagerMode

/** @throws {CookieTooLargeError | RecordTooLargeError} if the text is more than the mode can hold. */
export function checkSize(mode: Mode, text: string): void {
  // No character of a text takes more than three bytes.
  if (3 * text.length <= mode.maxTextBytes) return
  const bytes = Buffer.byteLength(text)
  if (bytes > mode.maxTextBytes) throw mode.tooLarge(bytes, sizesOf(contentIn(text)))
}

/** The keys of a session, and its flash messages, with their sizes, largest first. */
function sizesOf({ data, flash }: Content): KeySize[] {
  const sizes = Object.entries(data).map(([key, value]) => sizeOf(key, writeText({ [key]: value })))
  // No key of the data has this name, because it is a control's.
  if (flash.length > 0) sizes.push(sizeOf('flash', writeText({}, { ...NO_METADATA, flash })))
  return sizes.sort((a, b) => b.bytes - a.bytes)
}

const sizeOf = (key: string, text: string): KeySize => ({ key, bytes: Buffer.byteLength(text) - 2 })
