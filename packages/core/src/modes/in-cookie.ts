import { MAX_COOKIE_LENGTH } from '../cookie/cookie.ts'
import { admit } from '../record/admit.ts'
import type { Lifetime } from '../record/lifetime.ts'
import { fieldsOf } from '../record/record.ts'
import type { Sealer } from '../crypto/seal.ts'
import { textBytesWithin, tokenChars } from '../crypto/token.ts'
import { CookieTooLargeError } from '../base/size-errors.ts'
import type { LazyMode } from './mode.ts'

/** The record lives in the cookie, sealed. Synchronous; the browser has the only copy, and its last write wins. */
export function inCookie(sealer: Sealer, cookieName: string, lifetime: Lifetime): LazyMode {
  return Object.freeze<LazyMode>({
    isLazy: true,
    name: 'cookie',
    maxTextBytes: textBytesWithin(MAX_COOKIE_LENGTH - cookieName.length),
    tooLarge(textBytes, sizes) {
      return new CookieTooLargeError(
        cookieName,
        cookieName.length + tokenChars(textBytes),
        MAX_COOKIE_LENGTH,
        sizes,
      )
    },
    load(token, now) {
      const opened = sealer.open(token)
      return opened.ok
        ? admit(opened.fields, opened.stale, lifetime, now)
        : { reason: opened.reason, record: undefined }
    },
    valueFor: (record) => sealer.seal(fieldsOf(record, record.text)),
    watchRecord: () => undefined,
    apply({ plan, after }) {
      if (plan.cookie === 'clear') return { outcome: 'done', record: undefined, value: undefined }
      return { outcome: 'done', record: after, value: sealer.seal(fieldsOf(after, after.text)) }
    },
  })
}
