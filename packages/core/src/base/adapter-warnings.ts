import type { AdapterWarning } from './reasons.ts'
import type { Warning } from './runtime.ts'

const CACHEABLE = {
  code: 'KEEPSAKE_CACHEABLE_RESPONSE',
  detail:
    'Write Cache-Control: private or no-store on pages that use the session, and mount the middleware for public files before ' +
    'the session. Further cases are published as events, without a warning.',
}

/** What to do about each. */
export const ADAPTER_ADVICE: Readonly<Record<AdapterWarning, Warning>> = {
  cacheable_cookie: {
    ...CACHEABLE,
    message:
      'a session cookie was set on a response marked as cacheable; it was sent with Cache-Control: no-store',
  },
  cacheable_look: {
    ...CACHEABLE,
    message:
      'a session was first used after the headers of a cacheable response were sent; caches may send it to other visitors',
  },
  unreturned_cookie: {
    code: 'KEEPSAKE_COOKIE_NOT_RETURNED',
    message:
      'a session cookie was set twice for one visitor, and never came back: each request has a new session',
    detail: 'The client may block cookies, or not store them.',
  },
  plain_http: {
    code: 'KEEPSAKE_INSECURE_CONNECTION',
    message: 'a Secure session cookie was sent over plain http, where browsers drop it',
    detail:
      'Serve https. For development set cookie: { insecure: process.env.NODE_ENV !== "production" }. If a proxy in ' +
      'front of this server speaks https, let it send X-Forwarded-Proto: https, which only silences this warning. ' +
      'Further cases are published as events, without a warning.',
  },
}
