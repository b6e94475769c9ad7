import { parseCookie } from 'cookie'
import { cookieValues, readCookies } from '../src/cookie/read.ts'
import { byTheRules } from './by-the-rules.ts'
import { anyHeader, anyName } from './headers.ts'
import { expectThat, type Target } from './target.ts'

const PROTOTYPES: readonly object[] = [Object.prototype, Map.prototype, Array.prototype, String.prototype]
const keysOfPrototypes = (): number =>
  PROTOTYPES.reduce((sum, prototype) => sum + Reflect.ownKeys(prototype).length, 0)

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, at) => text === b[at])

/**
 * The npm package `cookie` 2, which documents that the first value of a name wins and that `decode` replaces its
 * percent-decoding: so it gets a `decode` that returns the text unchanged, and is compared with the first values. It
 * differs in two more ways, which are left out: it keeps a value without a name (`=x`), and it has no bounds of size
 * and number.
 */
function agreesWithPackage(header: string, ours: ReadonlyMap<string, readonly string[]>): boolean {
  if (header.length > 16_384 || header.split(';').length > 256) return true
  const { '': _nameless, ...theirs } = parseCookie(header, { decode: (text) => text })
  const names = Object.keys(theirs)
  return names.length === ours.size && names.every((name) => ours.get(name)?.[0] === theirs[name])
}

/** The cookie parser: never throws, follows the rules, and changes no prototype. */
export const parser: Target = {
  name: 'parser',
  prepare() {
    const before = keysOfPrototypes()
    return (choices) => {
      const header = anyHeader(choices)
      const cookies = readCookies(header)
      const rules = byTheRules(header)
      const isAsRuled =
        isSame([...cookies.keys()], [...rules.keys()]) &&
        [...rules].every(([name, values]) => isSame(cookies.get(name) ?? [], values))
      expectThat(isAsRuled, 'reads another thing than the rules', header)
      expectThat(agreesWithPackage(header, cookies), 'reads another thing than the package cookie', header)
      const name = anyName(choices)
      const values = rules.get(name) ?? []
      expectThat(isSame(cookieValues(header, name), values), `finds another ${name}`, header)
      const first = cookieValues(header, name, 1)
      expectThat(isSame(first, values.slice(0, 1)), `finds another first ${name}`, header)
      if (choices.once(64)) expectThat(keysOfPrototypes() === before, 'changed a prototype', header)
    }
  },
}
