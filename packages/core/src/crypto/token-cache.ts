import type { Opened, Sealer } from './seal.ts'

/**
 * Characters of tokens that are cached at most, twice over: some thousands of small sessions, or a few hundred
 * large ones, in a few megabytes.
 */
const MAX_CHARS = 2 ** 20

/** What a token says, and the row that it says it for. */
interface Known {
  readonly token: string
  readonly rowKey: string | undefined
  readonly opened: Opened & { readonly ok: true }
}

/**
 * A sealer that knows what it has sealed or opened lately: a browser sends the same cookie with every request until it
 * gets another, and to decrypt it is the dearest part of a request. A token that is known to the last character says
 * what it said, whoever sends it and whenever; whether that still counts is decided elsewhere, anew for every request.
 *
 * Only authentic tokens are cached, so that forged ones push nothing out. What `open` gives back is shared: it must
 * not be changed.
 */
export function withTokenCache(sealer: Sealer): Sealer {
  // Two generations: what is not asked for while the younger one fills goes with the older one.
  let young = new Map<string, Known>()
  let old = young
  let chars = 0

  function add(known: Known): void {
    const { length } = known.token
    if (chars + length > MAX_CHARS) {
      old = young
      young = new Map()
      chars = 0
    }
    young.set(nonceOf(known.token), known)
    chars += length
  }

  function find(token: string): Known | undefined {
    const nonce = nonceOf(token)
    const known = young.get(nonce)
    if (known?.token === token) return known
    const older = old.get(nonce)
    if (older?.token !== token) return undefined
    add(older)
    return older
  }

  return Object.freeze<Sealer>({
    seal(fields, rowKey) {
      const token = sealer.seal(fields, rowKey)
      const { created, issued, expires, permanent, sid, text } = fields
      const own = { created, issued, expires, permanent, sid, text }
      add({ token, rowKey, opened: { ok: true, fields: own, stale: false } })
      return token
    },
    open(token, rowKey) {
      if (typeof token !== 'string') return sealer.open(token, rowKey)
      const known = find(token)
      if (known !== undefined && known.rowKey === rowKey) return known.opened
      const opened = sealer.open(token, rowKey)
      if (opened.ok) add({ token: copied(token), rowKey, opened })
      return opened
    },
  })
}

/** What tells tokens apart: to look one up by all of its characters would cost more. */
const nonceOf = (token: string): string => token.slice(28, 44)

/** A text of its own: one that was cut out of a header would keep the whole header in memory. */
const copied = (token: string): string => Buffer.from(token, 'latin1').toString('latin1')
