import type { Header } from '../visit/headers.ts'
import type { CookieSource } from '../cookie/read.ts'
import type { ChallengeState } from '../device/judge.ts'
import type { ProofRefusal } from '../base/reasons.ts'

/** Names the functions that `@keepsake/dbsc` uses, even if another copy of this package created the sessions. */
export const DEVICE: unique symbol = Symbol.for('keepsake.device')

/** Sessions that may be bound to devices. */
export interface DeviceSessions {
  readonly [DEVICE]?: DeviceHooks | undefined
}

/** The functions of the routes of device-bound sessions. */
export interface DeviceHooks {
  /** The paths that browsers post to. */
  readonly register: string
  readonly refresh: string
  /**
   * The cookie that a browser gets for a proof; its attributes are those of its `Set-Cookie` lines, except the
   * lifetime.
   */
  readonly cookie: { readonly name: string; readonly attributes: string }
  /** Whether a login must be bound. */
  readonly isRequired: boolean
  /** Opens a request's session for its proofs, on any device. That does not count as use, and extends nothing. */
  open(source: CookieSource): Promise<DeviceVisit>
  /** Publishes a browser's reason for not refreshing. */
  skipped(reason: ProofRefusal): void
}

/** The key that a session is bound to, and how to check proofs of it. */
export interface BoundKey {
  readonly key: string
  /** The identifier of the binding for browsers. */
  readonly id: string
  /** A challenge to be signed by the key. */
  challenge(): string
  challengeState(challenge: unknown): ChallengeState
  /** The headers of the response to a proof. */
  refreshed(): readonly Header[]
}

/** One request that registers a key or proves that the browser has it. */
export interface DeviceVisit {
  /** `unknown`: the session cannot be opened now, but may be valid on another server or later. */
  readonly state: 'open' | 'over' | 'unknown'
  /** Undefined if it is not bound. */
  readonly bound: BoundKey | undefined
  /** The state of a challenge for a login. */
  registrationState(challenge: unknown): ChallengeState
  /**
   * Binds the session to a key, unless it is bound; undefined if another key was faster. `headers` are those of the
   * response.
   *
   * @throws what `session.save` throws.
   */
  register(key: string): Promise<{ readonly id: string; readonly headers: readonly Header[] } | undefined>
  /** Publishes why a proof was rejected. */
  refused(reason: ProofRefusal): void
  /** Ends the session if this request requires that, and returns the headers of the response. */
  close(): Promise<readonly Header[]>
}

/** The functions for the routes; undefined if the sessions are not device-bound. */
export const deviceHooksOf = (sessions: object): DeviceHooks | undefined =>
  (sessions as Partial<DeviceSessions>)[DEVICE]

/** Whether a request is one that a browser makes by itself, to register a key or to prove that it has one. */
export function isDevicePost(sessions: object, method: string | undefined, pathOf: () => string): boolean {
  const hooks = deviceHooksOf(sessions)
  return hooks !== undefined && method === 'POST' && [hooks.register, hooks.refresh].includes(pathOf())
}
