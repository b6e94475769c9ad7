import { createJar, type Jar } from '@keepsake/testing'

/** The cookie jar of a browser, which also remembers all earlier cookies, under harmless names. */
export interface Wallet {
  readonly jar: Jar
  /** Name of the cookie that a request would send now. */
  current(): string | undefined
  /** Name of the cookie that these response lines set. */
  taken(lines: readonly string[]): string | undefined
  /** All cookies that the browser had, as `Cookie` headers. */
  readonly all: ReadonlyMap</* Cookie header */ string, /* name */ string>
}

/** A stored session's cookie starts with the locator of its row: 16 bytes, of which the last character shows 4 bits. */
const LOCATOR_CHARS = 21
const ORIGIN = 'http://127.0.0.1'

/** @param isSealed Whether the cookie contains the session, and shows no row. */
export function createWallet(isSealed: boolean): Wallet {
  const jar = createJar()
  const all = new Map<string, string>()
  const rows: string[] = []
  const sizes = new Map<string, number>()

  /** Names cookies in the order of appearance: `a1`, `a2`, `b1`. */
  function nameOf(cookie: string): string {
    const known = all.get(cookie)
    if (known !== undefined) return known
    const locator = isSealed ? '' : cookie.slice(cookie.indexOf('=') + 1).slice(0, LOCATOR_CHARS)
    if (!rows.includes(locator)) rows.push(locator)
    const row = rowName(rows.indexOf(locator))
    const number = (sizes.get(row) ?? 0) + 1
    sizes.set(row, number)
    all.set(cookie, row + number)
    return row + number
  }

  return {
    jar,
    all,
    current() {
      const cookie = jar.cookieFor(ORIGIN)
      return cookie === '' ? undefined : nameOf(cookie)
    },
    taken(lines) {
      const pair = lines[0]?.split(';')[0]
      return pair?.endsWith('=') ? 'none' : pair && nameOf(pair)
    },
  }
}

/** a to z, then aa, ab and so on. */
const rowName = (index: number): string =>
  (index < 26 ? '' : rowName(Math.floor(index / 26) - 1)) + String.fromCodePoint(97 + (index % 26))
