/**
 * What an adapter has seen of a response, and core cannot see: that the application or the connection works against the
 * session.
 */
export type Observation =
  /** A session cookie is set on a response that the application let caches keep. It is sent with `no-store` instead. */
  | 'cacheable_cookie'
  /** The session was first looked at when the head of a response that caches may keep had left, without `Vary: Cookie`. */
  | 'cacheable_look'
  /** A Secure cookie is set over plain http on a host that is not local: browsers drop it without a word. */
  | 'plain_http'

/** How the first case is told on standard error. */
export interface Advice {
  readonly code: string
  readonly message: string
  readonly detail: string
}

const CACHEABLE = {
  code: 'KEEPSAKE_CACHEABLE_RESPONSE',
  detail:
    'Write Cache-Control: private or no-store on pages that use the session, and mount what serves public files before ' +
    'the session. Further cases are published, but not warned of.',
}

/** What to do about each. */
export const ADVICE: Readonly<Record<Observation, Advice>> = {
  cacheable_cookie: {
    ...CACHEABLE,
    message:
      'a session cookie was set on a response marked as cacheable; it was sent with Cache-Control: no-store',
  },
  cacheable_look: {
    ...CACHEABLE,
    message:
      'a session was first looked at when the head of a cacheable response had left; caches may give it to other visitors',
  },
  plain_http: {
    code: 'KEEPSAKE_INSECURE_CONNECTION',
    message: 'a Secure session cookie was sent over plain http, where browsers drop it',
    detail:
      'Serve https. For development on a host that is not localhost write cookie: { insecure: true }. Where a proxy in ' +
      'front of this server speaks https, let it send X-Forwarded-Proto: that only silences this warning, nothing is ' +
      'trusted. Further cases are published, but not warned of.',
  },
}
