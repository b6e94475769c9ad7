import { hash } from 'node:crypto'
import { type CookieHeader, cookieValues } from '../cookie/read.ts'
import type { Stamps } from '../crypto/stamp.ts'
import {
  type ChallengeState,
  type DeviceBinding,
  type DeviceVerdict,
  isPending,
  type Judged,
  type Login,
  judgeDevice,
  PENDING_SECONDS,
  type Shown,
} from './judge.ts'
import type { DeviceRules } from './options.ts'

/* The purposes of stamps. The device cookie's text is the binding, so it survives a new id, a move, and a new secret. */
const COOKIE = 'cookie'
const PROOF = 'proof'
const LOGIN = 'login'

/** How long a challenge is valid, in seconds. The same proof may be sent again in that time. */
const CHALLENGE_SECONDS = 300
/** A browser should drop the cookie this many seconds before it expires here, so that it never sends an expired one. */
const EARLIER_SECONDS = 2
/** The maximum number of device cookies that are checked. */
const MAX_CANDIDATES = 4

/** The rules and the proofs of device-bound sessions. Only the binding in the record is stored. */
export interface DeviceProofs extends DeviceBinding {
  readonly rules: DeviceRules
  judge(session: Judged, header: CookieHeader, now: number): DeviceVerdict
  /** The `Set-Cookie` line of the cookie that a browser gets for a proof. */
  cookieLine(binding: string, now: number): string
  /** A challenge for the browser that has the key. */
  challenge(binding: string, now: number): string
  challengeState(challenge: unknown, binding: string, now: number): ChallengeState
  registrationState(challenge: unknown, login: Login, now: number): ChallengeState
}

export function createDeviceProofs(rules: DeviceRules, stamps: Stamps): DeviceProofs {
  const { cookie, names, cookieAge, isRequired, path } = rules
  const maxAge = cookieAge - EARLIER_SECONDS

  // Nearly always it has had one name.
  const valuesIn = (header: CookieHeader): readonly string[] =>
    names.length === 1
      ? cookieValues(header, cookie.name, MAX_CANDIDATES)
      : names.flatMap((name) => cookieValues(header, name, MAX_CANDIDATES))

  function shownIn(header: CookieHeader, binding: string, now: number): Shown {
    let last: number | undefined
    for (const value of valuesIn(header)) {
      const end = stamps.timeIn(value, COOKIE, binding)
      if (end !== undefined && now < end) return 'good'
      if (end !== undefined && end > (last ?? 0)) last = end
    }
    return last === undefined ? 'none' : { over: last }
  }

  function stateOf(
    challenge: unknown,
    purpose: string,
    about: string,
    seconds: number,
    now: number,
  ): ChallengeState {
    const at = stamps.timeIn(challenge, purpose, about)
    if (at === undefined) return 'foreign'
    return now - at <= seconds ? 'good' : 'over'
  }

  return Object.freeze<DeviceProofs>({
    rules,
    judge: (session, header, now) =>
      judgeDevice(session, (binding) => shownIn(header, binding, now), isRequired, now),
    boundOf(session, verdict, now) {
      if (session.subject === undefined) return false
      if (session.binding !== undefined) return verdict === 'bound' || 'pending'
      return isPending(session, now) && 'pending'
    },
    cookieLine: (binding, now) => cookie.write(stamps.write(COOKIE, now + cookieAge, binding), { maxAge }),
    challenge: (binding, now) => stamps.write(PROOF, now, binding),
    challengeState: (challenge, binding, now) => stateOf(challenge, PROOF, binding, CHALLENGE_SECONDS, now),
    registration(login, now) {
      const challenge = stamps.write(LOGIN, now, loginOf(login))
      return `(ES256 RS256);path="${path}${REGISTER}";challenge="${challenge}"`
    },
    registrationState: (challenge, login, now) =>
      isPending(login, now) ? stateOf(challenge, LOGIN, loginOf(login), PENDING_SECONDS, now) : 'over',
  })
}

export const REGISTER = '/register'
export const REFRESH = '/refresh'

/** The text for a registration's challenge; anonymous visitors get no challenge. */
const loginOf = ({ created, subject = '' }: Login): string => `${created}\n${subject}`

/** Names a binding to a browser: 22 characters that prove nothing. */
export const bindingId = (binding: string): string =>
  hash('sha256', `keepsake/v1/device${binding}`, 'buffer').toString('base64url', 0, 16)
