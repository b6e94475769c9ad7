import { withoutPrototype } from '../base/own.ts'
import { type FillRandom, randomBytes } from '../base/random.ts'
import { MAX_TIME } from '../base/time.ts'

/** What a record's text says beside the data, under a key that no data can have. */
export interface Metadata {
  /** Who is logged in. */
  readonly subject: string | undefined
  /** What the login called its device. */
  readonly label: string | undefined
  /** Messages that wait to be shown, oldest first. */
  readonly flash: readonly FlashMessage[]
  readonly expiries: KeyExpiries
  /** Whether a token against forged requests was given out when there was nothing else to keep the session for. */
  readonly csrf: boolean
}

/** Metadata as JSON, for data that has these keys; undefined where there are none. A key that is gone has no end. */
export function encodeMetadata(meta: Metadata, hasKey: (key: string) => boolean): object | undefined {
  const { subject, label, flash, expiries, csrf } = meta
  // Nearly always: of an anonymous visitor nothing but the data is kept.
  const isBare = subject === undefined && label === undefined && flash.length === 0 && expiries.size === 0
  if (isBare && !csrf) return undefined
  const kept = onlyExpiries(expiries, hasKey)
  const json = {
    ...(subject !== undefined && { subject }),
    ...(label !== undefined && { label }),
    ...(flash.length > 0 && { flash: encodeFlash(flash) }),
    ...(kept.size > 0 && { expiries: Object.fromEntries(kept) }),
    ...(csrf && { csrf }),
  }
  return Object.keys(json).length === 0 ? undefined : json
}

/** What `encodeMetadata` gave, or undefined for anything else. What a later version may add is passed over. */
export function decodeMetadata(json: unknown): Metadata | undefined {
  if (json === undefined) return NO_METADATA
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined
  const given = withoutPrototype(json)
  if (!Object.keys(NO_METADATA).some((key) => key in given)) return undefined
  const { subject, label, csrf } = given
  const flash = given['flash'] === undefined ? NO_FLASH : decodeFlash(given['flash'])
  const expiries = given['expiries'] === undefined ? NO_EXPIRIES : decodeExpiries(given['expiries'])
  const isFlag = csrf === undefined || csrf === true
  if (!isTextOrNone(subject) || !isTextOrNone(label) || !flash || !expiries || !isFlag) return undefined
  return { subject, label, flash, expiries, csrf: csrf === true }
}

const isTextOrNone = (value: unknown): value is string | undefined =>
  value === undefined || typeof value === 'string'

export function mergeMetadata(base: Metadata, mine: Metadata, theirs: Metadata): Metadata {
  return {
    subject: mine.subject === base.subject ? theirs.subject : mine.subject,
    label: mine.label === base.label ? theirs.label : mine.label,
    flash: mergeFlash(base.flash, mine.flash, theirs.flash),
    expiries: mergeExpiries(base.expiries, mine.expiries, theirs.expiries),
    csrf: mine.csrf === base.csrf ? theirs.csrf : mine.csrf,
  }
}

/** A message for the next page that asks for it. */
export interface FlashMessage {
  /** Random: tells a message from another one with the same words, and a taken one from one that never was. */
  readonly id: string
  readonly category: string
  readonly message: string
}

/** Enough that no two messages of a session have the same. */
const FLASH_ID_BYTES = 6

export const flashMessage = (fillRandom: FillRandom, category: string, message: string): FlashMessage => ({
  id: randomBytes(fillRandom, FLASH_ID_BYTES).toString('base64url'),
  category,
  message,
})

export const NO_FLASH: readonly FlashMessage[] = Object.freeze([])

/** Messages of one category are taken together. */
export interface Taken {
  readonly taken: readonly FlashMessage[]
  readonly left: readonly FlashMessage[]
}

/** Takes the messages of a category, or all. */
export function takeFlash(messages: readonly FlashMessage[], category: string | undefined): Taken {
  const isAsked = (message: FlashMessage): boolean => category === undefined || message.category === category
  return { taken: messages.filter(isAsked), left: messages.filter((message) => !isAsked(message)) }
}

/**
 * What stands after two requests have added and taken messages: what both left, then what they added, then what I
 * added. Two that have taken the same message both show it.
 */
export function mergeFlash(
  base: readonly FlashMessage[],
  mine: readonly FlashMessage[],
  theirs: readonly FlashMessage[],
): readonly FlashMessage[] {
  if (base.length === 0 && mine.length === 0) return theirs
  const [was, my, their] = [idsOf(base), idsOf(mine), idsOf(theirs)] as const
  const left = theirs.filter(({ id }) => my.has(id) || !was.has(id))
  return [...left, ...mine.filter(({ id }) => !was.has(id) && !their.has(id))]
}

const idsOf = (messages: readonly FlashMessage[]): ReadonlySet<string> =>
  new Set(messages.map(({ id }) => id))

/** Messages as JSON: `[id, category, message]` each. */
export const encodeFlash = (messages: readonly FlashMessage[]): readonly (readonly string[])[] =>
  messages.map(({ id, category, message }) => [id, category, message])

/** What `encodeFlash` gave, or undefined for anything else. */
export function decodeFlash(json: unknown): readonly FlashMessage[] | undefined {
  if (!Array.isArray(json) || !json.every(isTriple)) return undefined
  return json.map(([id, category, message]) => ({ id, category, message }))
}

const isTriple = (item: unknown): item is [string, string, string] =>
  Array.isArray(item) && item.length === 3 && item.every((part) => typeof part === 'string')

/** The keys of the data that have an end of their own, with that end in epoch seconds. */
export type KeyExpiries = ReadonlyMap<string, number>

export const NO_EXPIRIES: KeyExpiries = new Map()
const NO_KEYS: readonly string[] = Object.freeze([])

/** Of an anonymous visitor whose session holds data only. */
export const NO_METADATA: Metadata = Object.freeze({
  subject: undefined,
  label: undefined,
  flash: NO_FLASH,
  expiries: NO_EXPIRIES,
  csrf: false,
})

/** The keys whose end has come. */
export function expiredKeys(expiries: KeyExpiries, now: number): readonly string[] {
  return expiries.size === 0 ? NO_KEYS : [...expiries].filter(([, end]) => now >= end).map(([key]) => key)
}

/** Gives a key its end, or, with `Infinity`, takes it away. */
export function withExpiry(expiries: KeyExpiries, key: string, end: number): KeyExpiries {
  return end === Infinity
    ? onlyExpiries(expiries, (other) => other !== key)
    : new Map([...expiries, [key, Math.min(end, MAX_TIME)]])
}

/** The expiries of these keys and no others. */
export function onlyExpiries(expiries: KeyExpiries, isKept: (key: string) => boolean): KeyExpiries {
  return expiries.size === 0 ? expiries : new Map([...expiries].filter(([key]) => isKept(key)))
}

/**
 * What stands after two requests have set expiries. Where both changed that of one key, the earlier one, and one rather
 * than none: a secret that one of them limits does not live longer because of the other.
 */
export function mergeExpiries(base: KeyExpiries, mine: KeyExpiries, theirs: KeyExpiries): KeyExpiries {
  if (base.size === 0 && mine.size === 0) return theirs
  const merged = new Map<string, number>()
  for (const key of new Set([...theirs.keys(), ...mine.keys()])) {
    const [was, my, their] = [base, mine, theirs].map((expiries) => expiries.get(key))
    const end = my === was ? their : their === was ? my : Math.min(my ?? Infinity, their ?? Infinity)
    if (end !== undefined) merged.set(key, end)
  }
  return merged
}

/** What `Object.fromEntries` made of expiries, or undefined for anything else. */
export function decodeExpiries(json: unknown): KeyExpiries | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined
  const entries = Object.entries(json)
  return entries.every(isEnd) ? new Map(entries) : undefined
}

const isEnd = (entry: [string, unknown]): entry is [string, number] =>
  Number.isInteger(entry[1]) && Number(entry[1]) >= 0 && Number(entry[1]) <= MAX_TIME
