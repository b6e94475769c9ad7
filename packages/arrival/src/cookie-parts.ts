/** How a library splits a session into cookies. */
export interface CookieParts {
  /** The cookie names that show that there is such a session. */
  seenBy(cookie: string): readonly [string, ...string[]]
  /** Whether a cookie of this name is a part of it. */
  isPart(name: string, cookie: string): boolean
  /** The texts to read, in the order in which to try them. */
  texts(cookies: Cookies, cookie: string): readonly CookieText[]
}

/** The cookies of a request. */
export type Cookies = ReadonlyMap<string, readonly string[]>

export interface CookieText {
  readonly value: string
  readonly signature?: string | undefined
}

/** A browser may send several cookies of one name, and each costs a signature check. */
const MAX_VALUES = 4

const valuesOf = (cookies: Cookies, name: string): readonly string[] =>
  [...new Set(cookies.get(name))].slice(0, MAX_VALUES)

const textOf = (value: string): CookieText => ({ value })

/** One cookie with the whole session. */
const whole: CookieParts = {
  seenBy: (cookie) => [cookie],
  isPart: (name, cookie) => name === cookie,
  texts: (cookies, cookie) => valuesOf(cookies, cookie).map(textOf),
}

/** Two cookies, of which `<cookie>.sig` is the other's signature. They are set together, so several pairs have the same order. */
const signedBeside: CookieParts = {
  seenBy: (cookie) => [cookie],
  isPart: (name, cookie) => name === cookie || name === `${cookie}.sig`,
  texts(cookies, cookie) {
    const signatures = cookies.get(`${cookie}.sig`) ?? []
    const values = cookies.get(cookie)?.slice(0, MAX_VALUES) ?? []
    return values.map((value, n) => ({ value, signature: signatures[n] }))
  },
}

/** A whole cookie, or the chunks `<cookie>.0`, `<cookie>.1`, … in order. */
const chunked: CookieParts = {
  seenBy: (cookie) => [cookie, `${cookie}.0`],
  isPart: isWholeOrChunk,
  texts(cookies, cookie) {
    const chunks = joined(cookies, cookie, 0)
    return [...valuesOf(cookies, cookie).map(textOf), ...(chunks === '' ? [] : [textOf(chunks)])]
  },
}

const COUNT = /^__chunked__\d+$/

/** A whole cookie, or one with the text `__chunked__N` and the chunks `<cookie>.1` … `<cookie>.N`. */
const countedChunks: CookieParts = {
  seenBy: (cookie) => [cookie],
  isPart: isWholeOrChunk,
  texts: (cookies, cookie) =>
    valuesOf(cookies, cookie).map((value) =>
      textOf(COUNT.test(value) ? joined(cookies, cookie, 1, Number(value.slice(11))) : value),
    ),
}

/** The chunks from this number on, until one is missing. */
function joined(cookies: Cookies, cookie: string, first: number, last = Infinity): string {
  let text = ''
  for (let number = first; number <= last; number++) {
    const chunk = cookies.get(`${cookie}.${number}`)?.[0]
    if (chunk === undefined) break
    text += chunk
  }
  return text
}

function isWholeOrChunk(name: string, cookie: string): boolean {
  return name === cookie || (name.startsWith(`${cookie}.`) && /^\d+$/.test(name.slice(cookie.length + 1)))
}

export const PARTS = Object.freeze({ whole, signedBeside, chunked, countedChunks })
