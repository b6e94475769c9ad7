import type { Library } from './session-cookie.ts'

/**
 * `works`: it works. `fault`: it is broken. `limit`: it does not work there, which may be intended. `unclear`: the responses
 * do not show it.
 */
export type Kind = 'works' | 'fault' | 'limit' | 'unclear'

export interface Finding {
  readonly kind: Kind
  /** Identifies it for programs; stays the same when the wording changes. */
  readonly code: string
  /** One sentence. */
  readonly says: string
  readonly why?: string
  /** Lines to write; if there are several, the likeliest is first. */
  readonly write?: readonly string[]
  /** Link to the documentation. */
  readonly docs: string
}

const PAGE = 'https://github.com/keepsake-js/keepsake/blob/main/docs/my-session-is-empty.md'

/** The sections of the page, by the heading's anchor. */
export type Section =
  | 'no-cookie-is-set'
  | 'the-browser-does-not-keep-the-cookie'
  | 'the-browser-does-not-send-the-cookie'
  | 'the-application-does-not-know-its-own-cookie'
  | 'a-cache-or-a-clock-is-in-the-way'
  | 'another-site-origin-or-browser'

type Told = Omit<Finding, 'kind' | 'code' | 'docs'>
type Make<Given extends Told = Told> = (code: string, told: Given) => Finding

/** A user in trouble needs the reason and the line to write, too. */
interface Makers {
  readonly works: Make
  readonly limit: Make
  readonly fault: Make<Required<Told>>
  readonly unclear: Make<Required<Told>>
}

/** Creates the findings that one section of the page explains. */
export const findingsOf = (section: Section): Makers => {
  const make =
    (kind: Kind): Make =>
    (code, told) => ({ kind, code, ...told, docs: `${PAGE}#${section}` })
  return { works: make('works'), fault: make('fault'), limit: make('limit'), unclear: make('unclear') }
}

/** One change to the session's cookie, as each library spells it. */
export interface CookieFix {
  /** Inside `cookie: { … }` of Keepsake. */
  readonly keepsake: string
  /** As an option of express-session and libraries with the same names. */
  readonly option: string
  /** In the `Set-Cookie` line. */
  readonly header: string
}

export function cookieLine(library: Library, { keepsake, option, header }: CookieFix): string {
  if (library === 'keepsake') return `createSessions({ cookie: { ${keepsake} } })`
  if (library === 'express-session' || library === '@fastify/session')
    return `session({ cookie: { ${option} } })`
  if (library === 'cookie-session' || library === 'koa-session') return `session({ ${option} })`
  if (library === 'iron-session') return `cookieOptions: { ${option} }`
  return `${option}  // the header must be: Set-Cookie: …; ${header}`
}

/** A human-readable duration. */
export function spanOf(ms: number): string {
  const seconds = Math.abs(ms) / 1000
  if (seconds < 90) return `${Math.round(seconds * 10) / 10} seconds`
  if (seconds < 5400) return `${Math.round(seconds / 60)} minutes`
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} hours` : `${Math.round(seconds / 86_400)} days`
}
