/**
 * What has happened to a session. `changed`: another request wrote to it. `revoked`: it was ended, or has another id
 * now. `expired`: its time is up. Nothing follows the last two.
 */
export type SessionChange = 'changed' | 'revoked' | 'expired'
