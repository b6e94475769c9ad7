import type { CachingSealer, Opened, Sealer } from './seal.ts'
import { copied, createSecretCache } from './secret-cache.ts'
import { HALF_NONCE_CHARS, HEAD_CHARS } from './token.ts'

/** Some thousands of small sessions, or a few hundred large ones, in a few megabytes. */
const MAX_CHARS = 2 ** 20
/** The second half of the nonce, which differs in every token of a key epoch. */
const NONCE_AT = HEAD_CHARS + HALF_NONCE_CHARS

/** The content of a token, and the row that it belongs to. */
interface Content {
  readonly opened: Opened
  readonly rowKey: string | undefined
}

/**
 * A sealer that remembers recently sealed and opened tokens: a browser sends the same cookie with every request until it
 * gets another, and decryption is the most expensive part of a request. An identical token has the same
 * content for every request. Whether it is still valid is decided elsewhere, each time.
 *
 * Only authentic tokens are cached, so that forged ones evict nothing. Fields that were sealed, and results of `open`, are
 * shared: they must not be changed.
 */
export function withTokenCache(sealer: Sealer): CachingSealer {
  const cache = createSecretCache<Content>(NONCE_AT, MAX_CHARS)
  return Object.freeze<CachingSealer>({
    seal(fields, rowKey) {
      const token = sealer.seal(fields, rowKey)
      cache.add(token, { opened: { ok: true, fields, stale: false }, rowKey })
      return token
    },
    open(token, rowKey) {
      if (typeof token !== 'string') return sealer.open(token, rowKey)
      const known = cache.find(token)
      if (known !== undefined && known.rowKey === rowKey) return known.opened
      const opened = sealer.open(token, rowKey)
      if (opened.ok) cache.add(copied(token), { opened, rowKey })
      return opened
    },
    forget: (token) => cache.drop(token),
  })
}
