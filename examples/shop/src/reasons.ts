import type { CloseReason, OpenReason } from '@keepsake/core'

const OPENED: Readonly<Record<OpenReason, string>> = {
  no_cookie: 'There was no session cookie, so the visit starts with an empty session.',
  opened: 'The cookie was genuine and had not expired. Its session was opened.',
  opened_stale:
    'The cookie was genuine, but an older secret sealed it. The next write seals it with the newest.',
  malformed:
    'The value does not have the format of a token. It was ignored, and the visit starts with an empty session.',
  unknown_key:
    'It was sealed with a secret that this server does not have. The cookie is kept: another server may open it.',
  forged: 'The seal does not match: someone changed the token or copied it from elsewhere. It was refused.',
  corrupt: 'The seal matches, but the content is not a valid session. It was refused.',
  expired_idle: 'The session was not used within the idle limit. The visit starts with an empty session.',
  expired_absolute: 'The session reached its maximum age. The visit starts with an empty one.',
  expired_permanent:
    'Even a remembered session has a maximum age, which this one has reached. A new one starts.',
  expired_as_issued:
    'The deadline that was fixed when the session was last written has passed. The visit starts with an empty one.',
  issued_in_future:
    'The session seems to have been sealed in the future, so a clock is wrong. It was refused.',
  ambiguous_cookie:
    'There were two different valid session cookies. Neither is used, because one of them may have been planted.',
  ended:
    'The store has no session for this cookie: it has ended, or never existed. The visit starts with an empty one.',
  superseded:
    'Another request has just given the session a new cookie. This one opens nothing, and changes nothing.',
  revoked: 'This session was revoked. The visit starts with an empty one.',
  unfit:
    'The session’s data does not fit this version of the shop. It is left unchanged, and the visit starts with an empty one.',
  arrived: 'The session comes from another library, and continues as one of ours.',
  refused: 'The shop itself refuses to continue this session. It ends with this page.',
  unbound:
    'This login is only valid on the device on which it was made, and nothing shows that this is the device. It is left unchanged.',
  copied: 'These cookies were copied: the browser they belong to would have deleted one of them by now.',
  store_failed: 'The store failed, and this visit continues without its session.',
  header_too_large: 'There were too many cookies to read. The visit starts with an empty session.',
}

const OPENED_IN_STORE: Readonly<Partial<Record<OpenReason, string>>> = {
  opened: 'The store has the session of this cookie. It is genuine and has not expired.',
  opened_stale:
    'The store has the session of this cookie. An older secret sealed it; the next write seals it with the newest.',
  malformed:
    'The value does not have the format of such a cookie. It was ignored, and the visit starts with an empty session.',
  unknown_key:
    'The record was sealed with a secret that this server does not have. The cookie is kept: another server may open it.',
  forged: 'The seal of the record does not match: someone changed it in the store. It was refused.',
}

const CLOSED: Readonly<Record<CloseReason, string>> = {
  unchanged: 'Nothing has changed, so nothing is written and no cookie is sent.',
  empty: 'The session was empty and still is. A visitor without data gets no cookie.',
  unusable: 'The received cookie can no longer be used, so the browser is told to delete it.',
  created: 'The session was empty and now has data, so it gets its first cookie.',
  changed: 'The session’s data or its messages changed, so it is sealed again.',
  renewed: 'The data is the same, but enough of the idle time has passed: the deadline is extended.',
  moved_over:
    'The session’s cookie had a former name, domain or path. It is set again with the current ones.',
  regenerated:
    'The session gets a new id and a new cookie with the same data. The old cookie becomes useless.',
  replaced:
    'A user logged in: another session starts with a new id, and a cookie planted before the login becomes useless.',
  emptied: 'The session has no data any more, so it ends and its cookie is deleted.',
  destroyed: 'The user logged out: the session ends, and its cookie is deleted.',
  revoked: 'The session was revoked.',
  evicted: 'The user has logged in more often than the limit allows, and this was the oldest session.',
  merged: 'Another request changed the session in the meantime. Both changes are kept.',
  gone: 'Another request has ended the session in the meantime, or given it a new cookie. This request writes nothing.',
  unopened: 'The session’s cookie cannot be opened here, so the logout ended nothing.',
  conflict: 'Another request changed the same key in the meantime, and the app treats that as an error.',
  store_failed: 'The store could not save the session, so this response is not sent.',
  too_large: 'The session does not fit into a cookie, so this response is not sent.',
  unkeepable: 'The session contains a value that cannot be saved, so this response is not sent.',
  late: 'The change was made after the response’s headers had been sent. It is lost.',
}

const CLOSED_IN_STORE: Readonly<Partial<Record<CloseReason, string>>> = {
  created:
    'The session was empty and now has data: the store keeps it, and the browser gets the cookie that opens it.',
  changed:
    'The session’s data or its messages changed, so its record in the store is written again. The cookie stays the same.',
  renewed:
    'The data is the same, but enough of the idle time has passed: the store extends the deadline. The cookie stays the same.',
  emptied: 'The session has no data any more, so its record is deleted, and its cookie too.',
  destroyed: 'The user logged out: the record is deleted, and its useless cookie too.',
  too_large: 'The session is too large for the store, so this response is not sent.',
}

/** What a response does to the browser's session cookie. */
export type CookieFate = 'set' | 'clear' | 'leave'

const FATES: Readonly<Record<CloseReason, CookieFate>> = {
  unchanged: 'leave',
  empty: 'leave',
  unusable: 'clear',
  created: 'set',
  changed: 'set',
  renewed: 'set',
  moved_over: 'set',
  regenerated: 'set',
  replaced: 'set',
  emptied: 'clear',
  destroyed: 'clear',
  revoked: 'leave',
  evicted: 'leave',
  merged: 'leave',
  gone: 'leave',
  unopened: 'leave',
  conflict: 'leave',
  store_failed: 'leave',
  too_large: 'leave',
  unkeepable: 'leave',
  late: 'leave',
}

/** Where the session's data is. */
export type Where = 'cookie' | 'store'

/** Why a visit started the way it did, in plain words. */
export const explainOpened = (code: OpenReason, where: Where): string =>
  (where === 'store' ? OPENED_IN_STORE[code] : undefined) ?? OPENED[code]

/** Why a response does what it does to the cookie, in plain words. */
export const explainClosed = (code: CloseReason, where: Where): string =>
  (where === 'store' ? CLOSED_IN_STORE[code] : undefined) ?? CLOSED[code]

/**
 * What closing for this reason does to the cookie. Rewriting a record in the store does not change the cookie. (It would be
 * sent again if `permanent` changed without a login, which no page of the shop does.)
 */
export function fateOf(code: CloseReason, where: Where): CookieFate {
  const isRewrite = code === 'changed' || code === 'renewed'
  return where === 'store' && isRewrite ? 'leave' : FATES[code]
}

const SENT_BY: Readonly<Record<string, string>> = {
  'same-origin': 'A page of this shop sent the request.',
  none: 'You sent the request yourself, with the address bar or a bookmark.',
  'same-site': 'Another host of this site sent the request.',
  'cross-site': 'Another site sent the request.',
}

const GUARDED = 'The guard refuses forms that another site sends, so no form here needs a hidden token.'

/** Where the browser says the request comes from, in plain words, and what the guard does about it. */
export const explainSentBy = (site: string): string =>
  `${Object.hasOwn(SENT_BY, site) ? SENT_BY[site] : 'Browsers do not send this value.'} ${GUARDED}`
