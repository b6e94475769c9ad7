import type { CloseReason, OpenReason } from '@keepsake/core'

const OPENED: Readonly<Record<OpenReason, string>> = {
  no_cookie: 'No session cookie came, so the visit begins with an empty session.',
  opened: 'The cookie was genuine and in time. Its session was opened.',
  opened_stale:
    'The cookie was genuine, but an older secret sealed it. The next write seals it with the newest.',
  malformed:
    'The value has not the shape of a token. It was set aside, and the visit begins with an empty session.',
  unknown_key:
    'A secret this server does not have sealed it. The cookie is left alone: another server may know it.',
  forged: 'The seal does not fit: someone changed the token or moved it here from elsewhere. It was refused.',
  corrupt: 'The seal fits, but what lies inside makes no sense. It was refused.',
  expired_idle: 'Nobody came for longer than the idle limit. The visit begins with an empty session.',
  expired_absolute: 'The session reached its absolute age. The visit begins with an empty one.',
  expired_permanent: 'Even a session that is remembered ends one day, and this one has. A new one begins.',
  expired_as_issued:
    'The end that was fixed when the session was last written has passed. The visit begins with an empty one.',
  issued_in_future: 'The session says it was sealed in the future, so some clock is wrong. It was refused.',
  ambiguous_cookie:
    'Two different valid session cookies came. None is used, because one of them may be planted.',
  ended:
    'The store has nothing that this cookie opens: the session has ended, or never was. The visit begins with an empty one.',
  superseded:
    'Another request has just given the session a new cookie. This one opens nothing, and changes nothing.',
  revoked: 'Somebody ended this session from elsewhere. The visit begins with an empty one.',
  unfit:
    'What the session holds does not fit this version of the shop. It is left alone, and the visit begins with an empty one.',
  arrived: 'A session of another library came, and goes on as one of ours.',
  refused: 'The shop itself has said that this session may not go on. It ends with this page.',
  unbound:
    'This login only counts on the device it was made on, and nothing shows that you come from there. It is left alone.',
  copied: 'These cookies were copied: the browser they belong to would have dropped one of them by now.',
  store_failed: 'The store did not answer, and this visit goes on without its session.',
  header_too_large: 'So many cookies came that none was read. The visit begins with an empty session.',
}

const OPENED_IN_STORE: Readonly<Partial<Record<OpenReason, string>>> = {
  opened: 'The store keeps a session that this cookie opens, genuine and in time.',
  opened_stale:
    'The store keeps a session that this cookie opens. An older secret sealed it; the next write seals it with the newest.',
  malformed:
    'The value has not the shape of such a cookie. It was set aside, and the visit begins with an empty session.',
  unknown_key:
    'A secret this server does not have sealed the record. The cookie is left alone: another server may know it.',
  forged: 'The seal of the record does not fit: someone changed it in the store. It was refused.',
}

const CLOSED: Readonly<Record<CloseReason, string>> = {
  unchanged: 'What goes is what came. Nothing is written, and no cookie is sent.',
  empty: 'The session is as empty as it came. A visitor who leaves nothing behind gets no cookie.',
  unusable: 'The cookie that came is of no use any more, so the browser is told to forget it.',
  created: 'There was nothing before and there is something now: the session gets its first cookie.',
  changed: 'The session’s data or its messages changed, so it is sealed again.',
  renewed: 'The data is the same, but enough of the idle time has passed: the deadline moves on.',
  moved_over:
    'The session’s cookie came under a former name, domain or path, and is set as it is defined today.',
  regenerated:
    'The session gets a new id and a new cookie with the same data. The old cookie is worth nothing from now on.',
  replaced:
    'Somebody logged in: another session begins under a new id, and a cookie planted before it is worth nothing.',
  emptied: 'Nothing is left in the session, so it ends and its cookie is cleared.',
  destroyed: 'Somebody logged out: the session ends, and its cookie is cleared.',
  revoked: 'Somebody ended the session from elsewhere.',
  evicted: 'Its user logged in once more than is allowed, and this was the oldest session.',
  merged: 'Another request changed the session meanwhile. Both changes are kept.',
  gone: 'Another request has ended the session meanwhile, or given it a new cookie. Nothing of this one is written.',
  unopened: 'The session’s cookie cannot be opened here, so the logout has ended nothing.',
  conflict: 'Another request changed the same place meanwhile, and the app wants to hear of that.',
  store_failed: 'The store did not take the session, so nothing of this response may leave.',
  too_large: 'The session would not fit into a cookie, so nothing of this response may leave.',
  unkeepable: 'The session holds something that cannot be kept, so nothing of this response may leave.',
  late: 'The change came after the response had begun to leave. It is lost.',
}

const CLOSED_IN_STORE: Readonly<Partial<Record<CloseReason, string>>> = {
  created:
    'There was nothing before and there is something now: the store keeps it, and the browser gets the cookie that opens it.',
  changed:
    'The session’s data or its messages changed, so its record in the store is written again. The cookie stays.',
  renewed:
    'The data is the same, but enough of the idle time has passed: in the store the deadline moves on. The cookie stays.',
  emptied: 'Nothing is left in the session, so its record ends and its cookie is cleared.',
  destroyed: 'Somebody logged out: the record ends, its cookie is worth nothing, and is cleared.',
  too_large: 'The session would not fit into the store, so nothing of this response may leave.',
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

/** Where the session's data lives. */
export type Where = 'cookie' | 'store'

/** Why a visit began as it did, in plain words. */
export const explainOpened = (code: OpenReason, where: Where): string =>
  (where === 'store' ? OPENED_IN_STORE[code] : undefined) ?? OPENED[code]

/** Why a response does to the cookie what it does, in plain words. */
export const explainClosed = (code: CloseReason, where: Where): string =>
  (where === 'store' ? CLOSED_IN_STORE[code] : undefined) ?? CLOSED[code]

/**
 * What closing for this reason does to the cookie. Rewriting a record in the store leaves the cookie as it is. (It would be
 * sent again if `permanent` changed without a login, which no page of the shop does.)
 */
export function fateOf(code: CloseReason, where: Where): CookieFate {
  const isRewrite = code === 'changed' || code === 'renewed'
  return where === 'store' && isRewrite ? 'leave' : FATES[code]
}

const SENT_BY: Readonly<Record<string, string>> = {
  'same-origin': 'A page of this shop made the request.',
  none: 'You made the request yourself, by the address bar or a bookmark.',
  'same-site': 'A neighbour of this shop made the request.',
  'cross-site': 'Another site led here.',
}

const GUARDED =
  'A form that another site sends is refused by the guard, so no form here needs a hidden token.'

/** What the browser says about who made the request, in plain words, and what the guard makes of that. */
export const explainSentBy = (site: string): string =>
  `${Object.hasOwn(SENT_BY, site) ? SENT_BY[site] : 'That is no word that browsers say.'} ${GUARDED}`
