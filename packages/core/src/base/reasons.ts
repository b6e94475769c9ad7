/* Reason codes: how a session was opened and closed, and why a request was rejected. Events and `explain()` carry them. */

/** How a session was opened when a request began. */
export type OpenReason =
  /** The cookie was opened; the session continues. */
  | 'opened'
  /** The same, with a secret that is not the newest; its next write or renewal seals it with the newest. */
  | 'opened_stale'
  /** The request has no cookie of this name. */
  | 'no_cookie'
  /** The `Cookie` header is longer than 16 KiB and was not read. */
  | 'header_too_large'
  /** The request has two valid cookies of this name for different sessions; neither is used. */
  | 'ambiguous_cookie'
  /** The store has no session for this cookie: it has ended, or never existed. */
  | 'ended'
  /** A cookie of another library was read and converted. This response sets our cookie. */
  | 'arrived'
  /** A moment ago another request gave the session a new cookie. This one opens and changes nothing. */
  | 'superseded'
  /** A session in its cookie that is on the revocation list. */
  | 'revoked'
  /**
   * Its data does not match `schema`, and `migrate` did not return valid data. The cookie and the record are kept, until
   * the new session is written.
   */
  | 'unfit'
  /** `accept` returned false. The session ends with the response. */
  | 'refused'
  /**
   * It is bound to a device, and the request has no valid proof of that device: the session continues for the browser that has the
   * key. Or `require` is `'always'` and no device was registered in time: the session ends.
   */
  | 'unbound'
  /** It is bound to a device, and the request's device cookie expired so long ago that a browser would have dropped it: a copy. */
  | 'copied'
  /** The store failed, and `whenStoreFails: 'anonymous'` lets the request continue without its session. */
  | 'store_failed'
  | UnopenedReason
  | ExpiryReason

/** Why a session has expired. */
export type ExpiryReason =
  | 'expired_idle'
  | 'expired_absolute'
  | 'expired_permanent'
  /** Past the expiry fixed when it was written, although the current configuration would allow longer. */
  | 'expired_as_issued'
  | 'issued_in_future'

/** Why a token does not open. For events and logs; never for the client. */
export type UnopenedReason = 'malformed' | 'unknown_key' | 'forged' | 'corrupt'

/** Why a cookie of another library was not converted. */
export type ArrivalRefusal =
  /** It was not signed or sealed with any of the given secrets. */
  | 'forged'
  /** It does not have the library's format. */
  | 'malformed'
  /** It has expired, by the library's limits or ours. */
  | 'expired'
  /** Its format is not supported, such as pickle or Marshal. */
  | 'unsupported'
  /** It exceeds a limit, or what our cookie can hold. */
  | 'too_large'
  /** Reading it is expensive, and this second's limit is reached. */
  | 'too_many'
  /** The other library's store has no such session. */
  | 'unknown'
  /** It contains no data that needs a session. */
  | 'empty'
  /** It contains a value that a session cannot save. */
  | 'unkeepable'
  /** Its data does not match `schema`, and `migrate` did not return valid data. */
  | 'unfit'
  /** It has arrived before, and the resulting session has ended. */
  | 'ended'
  /** All sessions of its subject were revoked after it began. */
  | 'revoked'

/** The result of a browser's registration or proof of a session's key. */
export type DeviceReason =
  /** The browser has registered a key, and the session is bound to it. */
  | 'registered'
  /** The browser has proved again that it has the key. */
  | 'refreshed'
  | ProofRefusal

/** Why a browser's proof is rejected or missing. */
export type ProofRefusal =
  /** It is not a JSON Web Token of this kind, or the kind of its key is not accepted. */
  | 'malformed_proof'
  /** Its signature is not from the key. */
  | 'forged_proof'
  /** Its challenge does not belong to this session. */
  | 'foreign_challenge'
  /** Its challenge is too old. */
  | 'old_challenge'
  /** The session is bound to another key, or has ended before it was bound to this one. */
  | 'bound_otherwise'
  /** The cookie has no room for the key. */
  | 'no_room'
  /** The browser reports that it has not refreshed because it could not reach the server. */
  | 'unreachable'
  /** The browser reports that it has not refreshed because of a server error. */
  | 'server_error'
  /** The browser reports that it has not refreshed because its own quota is exhausted. */
  | 'quota_exceeded'

/** What closing a session does, and why. */
export type CloseReason =
  /** There was no session and there is none: no cookie, no record. */
  | 'empty'
  /** There is no session, and the request's invalid cookie is deleted. */
  | 'unusable'
  | 'unchanged'
  | 'created'
  | 'changed'
  /** Unchanged, but used late enough that its idle time is extended. */
  | 'renewed'
  /** Unchanged; its cookie had a former definition, and is set with the current one. */
  | 'moved_over'
  /** The same session under a new id; the old id is no longer valid. */
  | 'regenerated'
  /** Another session in its place, after a login or an end; the old one has ended. */
  | 'replaced'
  /** No data is left: the session ends and its cookie is deleted. */
  | 'emptied'
  /** Ended by `destroy` or `logout`. */
  | 'destroyed'
  /** Ended by `revoke`, by `revokeAll` or by a logout everywhere; only ever published. */
  | 'revoked'
  /** Ended because its subject has more sessions than `maxPerSubject` allows; only ever published. */
  | 'evicted'
  /** Saved together with changes of another request. */
  | 'merged'
  /** Not saved, or not completely: another request has ended the session, or given it a new cookie. */
  | 'gone'
  /** A logout that was not carried out: this server could not open the cookie, which may still be valid. */
  | 'unopened'
  /** Not saved: another request has changed the same value, and `onConflict` is `'fail'`. */
  | 'conflict'
  /** Not saved: the store failed or did not answer in time. */
  | 'store_failed'
  /** Not saved: the cookie would exceed the browsers' limit. */
  | 'too_large'
  /** Not saved: the data contains a value that cannot be saved. */
  | 'unkeepable'
  /** Not saved: changed after the response's headers were sent. */
  | 'late'

/** Why a request is rejected. */
export type OriginReason =
  /** The browser says that a page of another site sent it, or sends an unknown value. */
  | 'cross_site'
  /** The browser says that a page of the same site, but of another host, scheme or port, sent it. */
  | 'same_site'
  /** `Origin` names another origin, or ours in plain http while the connection is encrypted. */
  | 'foreign_origin'
  /** `Origin: null`: a sandboxed frame, a local file, a redirect between sites. Anybody can make one. */
  | 'opaque_origin'
  /** It carries the session's cookie, but neither header that every current browser sends with it. */
  | 'no_origin'

/** Why the cross-origin guard rejects a request: because of its origin, or because the session's token is missing. */
export type CrossOriginReason =
  | OriginReason
  /** A required token is missing from the header and the body. */
  | 'no_csrf_token'
  /** The token belongs to another session, or to a former id of this one. */
  | 'wrong_csrf_token'

/**
 * A problem in a response that only an adapter can see: the application or the connection endangers the
 * session.
 */
export type AdapterWarning =
  /** A session cookie is set on a response that the application let caches keep. It is sent with `no-store` instead. */
  | 'cacheable_cookie'
  /** The session was first used after the headers of a cacheable response were sent, without `Vary: Cookie`. */
  | 'cacheable_look'
  /** A Secure cookie is set over plain http on a host that is not local: browsers silently drop it. */
  | 'plain_http'
  /** A session cookie was set twice for one visitor, and never came back; checked outside production. */
  | 'unreturned_cookie'
