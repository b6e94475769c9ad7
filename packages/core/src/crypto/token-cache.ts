import type { Opened, Sealer } from './seal.ts'
import { HALF_NONCE_CHARS, HEAD_CHARS } from './token.ts'

/**
 * The maximum number of cached characters of tokens, in each of two generations: some thousands of small
 * sessions, or a few hundred large ones, in a few megabytes.
 */
const MAX_CHARS = 2 ** 20

/** The fields of a token, and the row that it belongs to. */
interface Known {
  readonly token: string
  /** Bits of its nonce, besides those of its key. */
  readonly more: number
  readonly last: number
  readonly rowKey: string | undefined
  readonly opened: Opened & { readonly ok: true }
}

/**
 * A sealer that remembers recently sealed and opened tokens: a browser sends the same cookie with every request until it
 * gets another, and decryption is the most expensive part of a request. An identical token has the same
 * content for every request. Whether it is still valid is decided elsewhere, each time.
 *
 * Only authentic tokens are cached, so that forged ones evict nothing. Fields that were sealed, and results of `open`, are
 * shared: they must not be changed.
 */
export function withTokenCache(sealer: Sealer): Sealer {
  // Two generations: entries not used while the younger one fills are dropped with the older one.
  let young = new Map<number, Known>()
  let old = young
  let chars = 0

  function add(known: Known): void {
    const { length } = known.token
    if (chars + length > MAX_CHARS) {
      old = young
      young = new Map()
      chars = 0
    }
    young.set(keyOf(known.token), known)
    chars += length
  }

  function find(token: string): Known | undefined {
    const key = keyOf(token)
    const known = young.get(key)
    if (known !== undefined && isFor(token, known)) return known
    const older = old.get(key)
    if (older === undefined || !isFor(token, older)) return undefined
    add(older)
    return older
  }

  return Object.freeze<Sealer>({
    seal(fields, rowKey) {
      const token = sealer.seal(fields, rowKey)
      add(knownOf(token, rowKey, { ok: true, fields, stale: false }))
      return token
    },
    open(token, rowKey) {
      if (typeof token !== 'string') return sealer.open(token, rowKey)
      const known = find(token)
      if (known !== undefined && known.rowKey === rowKey) return known.opened
      const opened = sealer.open(token, rowKey)
      if (opened.ok) add(knownOf(copied(token), rowKey, opened))
      return opened
    },
  })
}

/** The position of the second half of the nonce, which differs in every token of a key epoch. */
const NONCE_AT = HEAD_CHARS + HALF_NONCE_CHARS

/** Five characters of a token as 30 bits, for which V8 needs no object. */
const CHARS = 5
const MASK = 2 ** 30 - 1

function bitsAt(token: string, at: number): number {
  let bits = 0
  for (let char = at; char < at + CHARS; char++) bits = (bits << 6) ^ token.charCodeAt(char)
  return bits & MASK
}

/**
 * The cache key of a token: a number costs less than a text, which would have to be created and hashed. Of two tokens
 * with the same key, the later one is cached.
 */
const keyOf = (token: string): number => bitsAt(token, NONCE_AT)
const moreOf = (token: string): number => bitsAt(token, NONCE_AT + CHARS)
const lastOf = (token: string): number => bitsAt(token, NONCE_AT + 2 * CHARS)

const knownOf = (token: string, rowKey: string | undefined, opened: Known['opened']): Known => {
  return { token, more: moreOf(token), last: lastOf(token), rowKey, opened }
}

/**
 * The duration of a text comparison shows how many characters are equal. So texts are compared only if 90 bits of their
 * nonces are equal: nobody can guess these bits of a token that they do not have.
 */
const isFor = (token: string, { token: own, more, last }: Known): boolean =>
  moreOf(token) === more && lastOf(token) === last && own === token

/** A separate string: a slice of a header would keep the whole header in memory. */
const copied = (token: string): string => Buffer.from(token, 'latin1').toString('latin1')
