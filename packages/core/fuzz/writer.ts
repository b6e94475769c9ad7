import { CookieJar } from 'tough-cookie'
import { type CookieAttributes, createCookie } from '../src/index.ts'
import type { Choices } from './choices.ts'
import { mutatedOnce } from './mutation.ts'
import { expectThat, type Target } from './target.ts'

const URL = 'https://www.example.com/shop/cart'

const printable = Array.from({ length: 94 }, (_, at) => String.fromCharCode(0x21 + at))
/** RFC 9110 §5.6.2, and rfc6265bis §4.1.1, as sets, written independently of the expressions that the writer uses. */
const TOKEN = new Set(printable.filter((character) => !'"(),/:;<=>?@[\\]{}'.includes(character)))
const OCTETS = new Set(printable.filter((character) => !'",;\\'.includes(character)))
const isOf = (text: string, set: ReadonlySet<string>): boolean => text.split('').every((one) => set.has(one))

const NAMES = [
  'a',
  'session',
  '__Host-a',
  '__Secure-a',
  '__Http-a',
  '__Host-Http-a',
  '__host-a',
  'Host__a',
  '$x',
  '__proto__',
] as const
const VALUES = [
  '',
  'x',
  'a=b',
  '=',
  '%22',
  '{}',
  "!#$&'()*+-./:<=>?@[]^_`{|}~",
  'x'.repeat(4000),
  'x'.repeat(4095),
  'x'.repeat(4096),
] as const
const STRANGE = [
  ';',
  '=',
  ' ',
  '\t',
  '"',
  ',',
  '\\',
  '\0',
  '\r',
  '\n',
  '\u00a0',
  '\u0100',
  '\ud800',
  '\u007f',
  'a',
] as const
const PATHS = [
  undefined,
  '/',
  '/shop',
  '/shop/cart',
  '',
  'shop',
  '/; Domain=evil.example',
  '/\r\nSet-Cookie: a=b',
  '/é',
] as const
const DOMAINS = [
  undefined,
  undefined,
  'example.com',
  'www.example.com',
  '.example.com',
  'a;b',
  'example.com:80',
  'exämple.com',
  '',
] as const
const SAME_SITE = [undefined, 'lax', 'strict', 'none', 'Lax', 'lax; Domain=x', ''] as const
const AGES = [undefined, undefined, 1, 34_560_000, 0, -1, 1.5, 34_560_001, Number.NaN, Infinity] as const

function anyAttributes(choices: Choices): CookieAttributes {
  const given = {
    path: choices.pick(PATHS),
    domain: choices.pick(DOMAINS),
    sameSite: choices.pick(SAME_SITE),
    maxAge: choices.pick(AGES),
    secure: choices.pick([undefined, true, true, false]),
    httpOnly: choices.pick([undefined, true, false]),
    partitioned: choices.pick([undefined, undefined, true]),
  }
  // Most cases leave most of them out, or nearly every one would be refused.
  const entries = Object.entries(given).filter(([, value]) => value !== undefined && !choices.once(2))
  return Object.fromEntries(entries) as CookieAttributes
}

const anyOf = (list: readonly [string, ...string[]], choices: Choices): string =>
  choices.once(3) ? mutatedOnce(choices.pick(list), choices, STRANGE) : choices.pick(list)

const LINE =
  /^[^=;\s]+=[^;\s]*(?:; (?:Path|Domain|SameSite|Max-Age|Expires)=[ -:<-~]+|; (?:Secure|HttpOnly|Partitioned))*$/

/** The lines that a browser's jar would keep; none for a cookie that has already expired. */
function held(line: string): string[] {
  const jar = new CookieJar(undefined, { prefixSecurity: 'strict', rejectPublicSuffixes: false })
  jar.setCookieSync(line, URL)
  return jar.getCookiesSync(URL).map(({ key, value }) => `${key}=${value}`)
}

/**
 * The cookie writer: a TypeError or RangeError, or a line that matches the grammar, and that a jar keeps and
 * returns unchanged.
 */
export const writer: Target = {
  name: 'writer',
  prepare: () => (choices) => {
    const [name, value, attributes] = [anyOf(NAMES, choices), anyOf(VALUES, choices), anyAttributes(choices)]
    const input = { name, value, attributes }
    const line = lineOf(name, value, attributes)
    const isGrammatical = name !== '' && isOf(name, TOKEN) && isOf(value, OCTETS)
    if (line === undefined) {
      const isPlain = isGrammatical && Object.keys(attributes).length === 0 && /^[a-z$]/.test(name)
      expectThat(!isPlain || name.length + value.length > 4096, 'refuses what is right', input)
      return
    }
    expectThat(isGrammatical && name.length + value.length <= 4096, 'writes what is wrong', input)
    expectThat(LINE.test(line), `writes ${line}`, input)
    const parts = line
      .split('; ')
      .slice(1)
      .map((part) => part.split('=')[0])
    expectThat(new Set(parts).size === parts.length, 'names an attribute twice', input)
    const kept = attributes.maxAge === 0 ? [] : [`${name}=${value}`]
    expectThat(held(line).join() === kept.join(), `writes what a jar does not keep: ${line}`, input)
    expectThat(held(createCookie(name, attributes).clear()).length === 0, 'clears by a line that sets', input)
  },
}

function lineOf(name: string, value: string, attributes: CookieAttributes): string | undefined {
  try {
    return createCookie(name, attributes).write(value)
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return undefined
    throw error
  }
}
