/* Reason codes: why a session is what it is, and why a request was treated as it was. Events and `explain()` carry them. */

/** Why a session is what it is when a request begins. */
export type OpenReason =
  /** The cookie was opened; the session continues. */
  | 'opened'
  /** The same, by a secret that is not the newest; its next write or renewal seals it with the newest. */
  | 'opened_stale'
  /** No cookie of this name came. */
  | 'no_cookie'
  /** The `Cookie` header is longer than 16 KiB and was not read. */
  | 'header_too_large'
  /** Two cookies of this name came, both valid and different; neither is used. */
  | 'ambiguous_cookie'
  /** The store has nothing that this cookie opens: the session has ended, or never was. */
  | 'ended'
  /** A cookie of another library was read. Its session lives on as one of ours, whose cookie this response sets. */
  | 'arrived'
  /** A moment ago another request gave the session a new cookie. This one opens nothing, and changes nothing. */
  | 'superseded'
  /** A session in its cookie that is on the revocation list. */
  | 'revoked'
  /**
   * Its data does not fit `schema`, and `migrate` makes nothing that does. The cookie and the record stay as they are, until
   * something is written into the session that begins.
   */
  | 'unfit'
  /** `accept` has said that it may not go on. It ends with the response. */
  | 'refused'
  /**
   * It is bound to a device, and nothing came that shows that it comes from there; or it had to be bound, and was not in time. The
   * first lives on, for the browser that has the key.
   */
  | 'unbound'
  /** The same, with a cookie that the device's browser would have dropped a while ago: somebody has copied it. */
  | 'copied'
  /** The store failed, and `whenStoreFails: 'anonymous'` lets the request go on without its session. */
  | 'store_failed'
  | UnopenedReason
  | ExpiryReason

/** Why a session is over by time. */
export type ExpiryReason =
  | 'expired_idle'
  | 'expired_absolute'
  | 'expired_permanent'
  /** Past the end that was fixed when it was written, though today's configuration would allow longer. */
  | 'expired_as_issued'
  | 'issued_in_future'

/** Why a token does not open. For events and logs; never for the client. */
export type UnopenedReason = 'malformed' | 'unknown_key' | 'forged' | 'corrupt'

/** Why a cookie of another library does not become a session. */
export type ArrivalRefusal =
  /** No secret that was given has signed or sealed it. */
  | 'forged'
  /** It is not of the library's shape. */
  | 'malformed'
  /** It is over, by the limits of the other library or by ours. */
  | 'expired'
  /** It is of a kind that is not read, such as pickle or Marshal. */
  | 'unsupported'
  /** It goes beyond a bound, or beyond what our cookie can hold. */
  | 'too_large'
  /** To read it is costly, and so many were read this second. */
  | 'too_many'
  /** The other library's store has no such session. */
  | 'unknown'
  /** It holds nothing that a session would be kept for. */
  | 'empty'
  /** It has a value that no session can keep. */
  | 'unkeepable'
  /** Its data does not fit `schema`, and `migrate` makes nothing that does. */
  | 'unfit'
  /** It has arrived before, and what it became is over. */
  | 'ended'
  /** All sessions of its subject were revoked after it began. */
  | 'revoked'

/** What a browser has shown of the key that it keeps for a session. */
export type DeviceReason =
  /** It has registered a key, and the session is bound to it. */
  | 'registered'
  /** It has shown again that it has the key. */
  | 'refreshed'
  | ProofRefusal

/** Why a proof, or what stands for it, is not taken. */
export type ProofRefusal =
  /** It is no JSON Web Token of this kind, or its key is none that is taken. */
  | 'malformed_proof'
  /** The key has not signed it. */
  | 'forged_proof'
  /** It signs what is no challenge for this session. */
  | 'foreign_challenge'
  /** It signs a challenge that is too old. */
  | 'old_challenge'
  /** The session is bound to another key, or over by the time that this one would be. */
  | 'bound_otherwise'
  /** The cookie has no room for the key. */
  | 'no_room'
  /** The browser says why it has shown nothing: it could not reach the server. */
  | 'unreachable'
  /** The server failed when it was to be shown. */
  | 'server_error'
  /** The browser allows no more of it for now. */
  | 'quota_exceeded'

/** Why closing does what it does. */
export type CloseReason =
  /** Nothing came, nothing was left: no cookie, no record. */
  | 'empty'
  /** Nothing was left, and the cookie that came is of no use: it is deleted. */
  | 'unusable'
  | 'unchanged'
  | 'created'
  | 'changed'
  /** Unchanged, but used long enough after it was last written that its idle window starts anew. */
  | 'renewed'
  /** Unchanged; its cookie, which came under a former definition, is set under today's. */
  | 'moved_over'
  /** The same session under a new id; the old id is over. */
  | 'regenerated'
  /** Another session in its place, by a login or after an end; the old one is over. */
  | 'replaced'
  /** No data is left: the session ends and its cookie goes. */
  | 'emptied'
  /** Ended by `destroy` or `logout`. */
  | 'destroyed'
  /** Ended by `revoke`, by `revokeAll` or by a logout everywhere; only ever published. */
  | 'revoked'
  /** Ended because its subject logged in once more than `maxPerSubject` allows; only ever published. */
  | 'evicted'
  /** Written, together with changes that another request had made meanwhile. */
  | 'merged'
  /** Not carried out, or not all of it: another request has ended the session meanwhile, or given it a new cookie. */
  | 'gone'
  /** Not carried out: a logout, of a session whose cookie could not be opened here and may still be good. */
  | 'unopened'
  /** Not carried out: another request has changed the same place, and `onConflict` says that this is an error. */
  | 'conflict'
  /** Not carried out: the store failed or did not answer in time. */
  | 'store_failed'
  /** Not carried out: the cookie would exceed what browsers keep. */
  | 'too_large'
  /** Not carried out: the data holds something that cannot be kept. */
  | 'unkeepable'
  /** Not carried out: changed after the head of the response had left. */
  | 'late'

/** Why a request is refused. */
export type OriginReason =
  /** The browser says that a page of another site sent it, or something that we do not know. */
  | 'cross_site'
  /** The browser says that a page of the same site, but of another host, scheme or port, sent it. */
  | 'same_site'
  /** `Origin` names another origin, or ours in plain http while the connection is encrypted. */
  | 'foreign_origin'
  /** `Origin: null`: a sandboxed frame, a local file, a redirect between sites. Anybody can make one. */
  | 'opaque_origin'
  /** It carries the session's cookie, and neither header that every browser of today sends with it. */
  | 'no_origin'

/** Why the cross-origin guard refuses a request: for where it comes from, or for want of the session's token. */
export type CrossOriginReason =
  | OriginReason
  /** No token came where one is asked for, in the header or in the body. */
  | 'no_csrf_token'
  /** The token that came is not of this session, or is of an id that it had before. */
  | 'wrong_csrf_token'

/**
 * What an adapter has seen of a response, and core cannot see: that the application or the connection works against the
 * session.
 */
export type AdapterWarning =
  /** A session cookie is set on a response that the application let caches keep. It is sent with `no-store` instead. */
  | 'cacheable_cookie'
  /** The session was first looked at when the head of a response that caches may keep had left, without `Vary: Cookie`. */
  | 'cacheable_look'
  /** A Secure cookie is set over plain http on a host that is not local: browsers drop it without a word. */
  | 'plain_http'
  /** A session cookie was set twice for one visitor, and never came back; looked for outside production. */
  | 'unreturned_cookie'
