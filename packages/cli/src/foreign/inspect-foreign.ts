import {
  type Arrival,
  type ArrivalRefusal,
  ConfigError,
  type ForeignSession,
  type RefusedArrival,
} from '@keepsake/core'
import type { PastedCookie } from '../pasted.ts'
import { LIBRARIES, type Library } from './libraries.ts'

/** The result of inspecting another library's cookie. */
export interface ForeignInspection {
  readonly cookie: PastedCookie
  /** The functions of `@keepsake/arrival` that read values of its format. */
  readonly libraries: readonly string[]
  /** Undefined without a secret to open it with. */
  readonly found: ForeignFound | undefined
  /** The names of all cookies that it consists of, including chunks and signature. */
  readonly parts: readonly (string | undefined)[]
}

export type ForeignFound =
  | {
      readonly ok: true
      readonly library: string
      /** Epoch seconds; undefined if unknown. */
      readonly beganAt: number | undefined
      readonly endsAt: number | undefined
      /** Undefined if the data is in a store, and the cookie contains only an id. */
      readonly session: Omit<ForeignSession, 'subject'> | undefined
      readonly parts: readonly string[]
    }
  | { readonly ok: false; readonly reason: ForeignReason }

/** `unfit_secret`: not valid for the library. */
type ForeignReason = ArrivalRefusal | 'unfit_secret'

export interface ForeignAttempt {
  /** Candidates for the secret; if empty, nothing is opened. */
  readonly secrets: readonly string[]
  /** For a value without a name; default: each library's own cookie name. */
  readonly name: string | undefined
  /** Epoch milliseconds. */
  readonly now: number
}

/** The cookies that have another library's format. */
export function inspectForeign(
  cookies: readonly PastedCookie[],
  attempt: ForeignAttempt,
): readonly ForeignInspection[] {
  return cookies.flatMap((cookie) => {
    const libraries = LIBRARIES.filter((library) => isOf(library, cookie, cookies))
    return libraries.length === 0 ? [] : [inspectOne(cookie, libraries, cookies, attempt)]
  })
}

function isOf(
  { shape, named, isSignedBeside }: Library,
  { name, value }: PastedCookie,
  all: readonly PastedCookie[],
): boolean {
  const isNamed = name === undefined || named === undefined || named.test(name)
  const isWhole = isSignedBeside !== true || all.some((other) => other.name === `${name}.sig`)
  return isNamed && isWhole && shape.test(value)
}

function inspectOne(
  cookie: PastedCookie,
  libraries: readonly Library[],
  all: readonly PastedCookie[],
  { secrets, name: given, now }: ForeignAttempt,
): ForeignInspection {
  const outcomes = libraries.flatMap((library) => {
    const name = cookie.name?.replace(/\.0$/, '') ?? given ?? library.cookie
    const header = headerOf(cookie.name === undefined ? [{ ...cookie, name }] : all)
    const common = { until: '9999-12-31', cookie: { name } }
    return library.lines.flatMap((line) =>
      secrets.map((secret) => read(library.name, () => line(secret, common, cookie.value), header, now)),
    )
  })
  const found = outcomes.find(({ ok }) => ok) ?? outcomes.toSorted((a, b) => weightOf(b) - weightOf(a))[0]
  const parts = found?.ok ? found.parts : [cookie.name]
  return { cookie, libraries: [...new Set(libraries.map(({ name }) => name))], found, parts }
}

const headerOf = (cookies: readonly PastedCookie[]): string =>
  cookies.map(({ name, value }) => `${name}=${value}`).join('; ')

/** The most informative result: the others are of other libraries and secrets. */
const WEIGHTS: readonly ForeignReason[] = ['unfit_secret', 'malformed', 'forged']
const weightOf = (found: ForeignFound): number =>
  found.ok || !WEIGHTS.includes(found.reason) ? WEIGHTS.length : WEIGHTS.indexOf(found.reason)

function read(library: string, make: () => Arrival, header: string, now: number): ForeignFound {
  const arrival = made(make)
  if (arrival === undefined) return { ok: false, reason: 'unfit_secret' }
  const [first] = arrival.read(header, Math.floor(now / 1000))
  if (first === undefined) return { ok: false, reason: 'malformed' }
  if (isRefused(first)) return { ok: false, reason: first.refused }
  const { beganAt, endsAt } = first
  const parts = arrival.expiry(header).map((line) => line.slice(0, line.indexOf('=')))
  const session = first.open()
  // An empty store: there is no store to ask.
  if (session instanceof Promise) return { ok: true, library, beganAt, endsAt, session: undefined, parts }
  if (isRefused(session)) return { ok: false, reason: session.refused }
  return { ok: true, library, beganAt, endsAt, session, parts }
}

const isRefused = (found: object): found is RefusedArrival => Object.hasOwn(found, 'refused')

function made(make: () => Arrival): Arrival | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof ConfigError) return undefined
    throw error
  }
}
