import type { Opened, Sealer } from './seal.ts'

/**
 * Characters of tokens that are remembered at most, twice over: some thousands of small sessions, or a few hundred
 * large ones, in a few megabytes.
 */
const MAX_CHARS = 2 ** 20

/** What a token says, and the row that it says it for. */
interface Known {
  readonly rowKey: string | undefined
  readonly opened: Opened & { readonly ok: true }
}

/**
 * A sealer that knows what it has sealed or opened lately: a browser sends the same cookie with every request until it
 * gets another, and to decrypt it is the dearest part of a request. A token that is known to the last character says
 * what it said, to everybody and at any time; whether that still counts is decided elsewhere, anew for every request.
 *
 * Only authentic tokens are remembered, so that forged ones push nothing out. What `open` gives back is shared: it must
 * not be changed.
 */
export function withTokenCache(sealer: Sealer): Sealer {
  // Two generations: what is not asked for while the younger one fills goes with the older one.
  let young = new Map<string, Known>()
  let old = young
  let chars = 0

  function remember(token: string, known: Known): void {
    if (chars + token.length > MAX_CHARS) {
      old = young
      young = new Map()
      chars = 0
    }
    young.set(token, known)
    chars += token.length
  }

  function recall(token: string): Known | undefined {
    const known = young.get(token)
    if (known !== undefined) return known
    const older = old.get(token)
    if (older !== undefined) remember(token, older)
    return older
  }

  return Object.freeze<Sealer>({
    seal(fields, rowKey) {
      const token = sealer.seal(fields, rowKey)
      const { created, issued, expires, permanent, sid, text } = fields
      const own = { created, issued, expires, permanent, sid, text }
      remember(token, { rowKey, opened: { ok: true, fields: own, stale: false } })
      return token
    },
    open(token, rowKey) {
      const known = recall(token)
      if (known !== undefined && known.rowKey === rowKey) return known.opened
      const opened = sealer.open(token, rowKey)
      if (opened.ok) remember(copied(token), { rowKey, opened })
      return opened
    },
  })
}

/** A text of its own: one that was cut out of a header would keep the whole header in memory. */
const copied = (token: string): string => Buffer.from(token, 'latin1').toString('latin1')
