/** What a cache knows about a text. */
interface Known<V> {
  readonly text: string
  /** Random bits of the text, besides those of its key. */
  readonly more: number
  readonly last: number
  readonly value: V
}

/** Values of secret texts, such as tokens and cookies. */
export interface SecretCache<V> {
  find(text: string): V | undefined
  /** The text must be a separate string: a slice of a header would keep the whole header in memory. */
  add(text: string, value: V): void
  /** Drops a text that will not come again. */
  drop(text: string): void
}

/**
 * Caches values of texts of base64url that only their holders know, with 15 random characters from `randomAt`. It holds two
 * generations of at most `maxChars` characters of texts each: entries not used while the younger one fills are dropped with the
 * older one.
 *
 * The duration of a text comparison shows how many characters are equal. So texts are compared only if 90 random bits are
 * equal: nobody can guess these bits of a text that they do not have.
 */
export function createSecretCache<V>(randomAt: number, maxChars: number): SecretCache<V> {
  let young = new Map<number, Known<V>>()
  let old = young
  let chars = 0

  /** Of two texts with the same key, the later one is cached. A number costs less than a text, which would have to be created and hashed. */
  const keyOf = (text: string): number => bitsAt(text, randomAt)
  const moreOf = (text: string): number => bitsAt(text, randomAt + CHARS)
  const lastOf = (text: string): number => bitsAt(text, randomAt + 2 * CHARS)

  const isFor = (text: string, { text: own, more, last }: Known<V>): boolean =>
    moreOf(text) === more && lastOf(text) === last && own === text

  function keep(key: number, known: Known<V>): void {
    const { length } = known.text
    if (chars + length > maxChars) {
      old = young
      young = new Map()
      chars = 0
    }
    young.set(key, known)
    chars += length
  }

  return Object.freeze<SecretCache<V>>({
    find(text) {
      const key = keyOf(text)
      const known = young.get(key)
      if (known !== undefined && isFor(text, known)) return known.value
      const older = old.get(key)
      if (older === undefined || !isFor(text, older)) return undefined
      keep(key, older)
      return older.value
    },
    add(text, value) {
      keep(keyOf(text), { text, more: moreOf(text), last: lastOf(text), value })
    },
    drop(text) {
      const key = keyOf(text)
      const known = young.get(key)
      if (known === undefined || !isFor(text, known)) return
      young.delete(key)
      chars -= text.length
    },
  })
}

/** Five characters of a text as 30 bits, for which V8 needs no object. */
const CHARS = 5
const MASK = 2 ** 30 - 1

function bitsAt(text: string, at: number): number {
  let bits = 0
  for (let char = at; char < at + CHARS; char++) bits = (bits << 6) ^ text.charCodeAt(char)
  return bits & MASK
}

/** A separate string of the same text. */
export const copied = (text: string): string => Buffer.from(text, 'latin1').toString('latin1')
