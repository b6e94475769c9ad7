import type { Header } from '../visit/headers.ts'
import type { Setup } from '../visit/setup.ts'
import type { SessionsVisit } from '../visit/visit.ts'
import { bindingOf, readBinding } from '../record/binding.ts'
import { bindingId, type ChallengeState, type DeviceProofs } from '../device/proofs.ts'
import type { OpenReason, ProofRefusal } from '../base/reasons.ts'

/** The key that a session is bound to, as a request is to show it. */
export interface BoundKey {
  readonly key: string
  /** The name that the binding has for browsers. */
  readonly id: string
  /** A challenge to be signed by the key. */
  challenge(): string
  challengeState(challenge: unknown): ChallengeState
  /** The headers of the response to a proof. */
  refreshed(): readonly Header[]
}

/** One request that shows something of a key. */
export interface DeviceVisit {
  /** `unknown`: the session may be good, on another server or later, and nothing can be said of it now. */
  readonly state: 'open' | 'over' | 'unknown'
  /** Undefined where it is bound to none. */
  readonly bound: BoundKey | undefined
  /** Of a challenge that came with the login. */
  registrationState(challenge: unknown): ChallengeState
  /**
   * Binds the session to a key, unless it is bound; undefined where another key was quicker. The headers are those of the
   * response.
   *
   * @throws what `session.save` throws.
   */
  register(key: string): Promise<{ readonly id: string; readonly headers: readonly Header[] } | undefined>
  /** Publishes why a proof was not taken. */
  refused(reason: ProofRefusal): void
  /** Ends what has to end with this request; gives back the headers of the response. */
  close(): Promise<readonly Header[]>
}

const NO_STORE: Header = Object.freeze(['Cache-Control', 'no-store'])

/** Why a session was not opened that may be there nevertheless. */
const MAY_BE_GOOD: ReadonlySet<OpenReason> = new Set<OpenReason>([
  'unknown_key',
  'issued_in_future',
  'ambiguous_cookie',
  'header_too_large',
  'superseded',
  'store_failed',
  'unfit',
])

export function createDeviceVisit<D>(
  { trace, now }: Setup,
  device: DeviceProofs,
  visit: SessionsVisit<D>,
): DeviceVisit {
  const came = visit.peek()
  const { reason, standing } = visit.lookup
  // A proof is about the key: it may come with the cookie from before a new id.
  const record = came ?? standing
  const binding = record?.content.binding
  const cookieHeader = (of: string): Header => ['Set-Cookie', device.cookieLine(of, now())]

  const boundTo = (own: string): BoundKey => ({
    key: readBinding(own).key,
    id: bindingId(own),
    challenge: () => device.challenge(own, now()),
    challengeState: (challenge) => device.challengeState(challenge, own, now()),
    refreshed() {
      trace.device('refreshed', record?.sid)
      return [cookieHeader(own), NO_STORE]
    },
  })

  return Object.freeze<DeviceVisit>({
    state: record !== undefined ? 'open' : MAY_BE_GOOD.has(reason) ? 'unknown' : 'over',
    bound: binding === undefined ? undefined : boundTo(binding),
    registrationState: (challenge) =>
      came === undefined ? 'over' : device.registrationState(challenge, visit.state, now()),
    async register(key) {
      const own = bindingOf({ key, at: now() })
      // The first look, so that it is committed.
      if (visit.session.subject === undefined) return undefined
      visit.state.binding = own
      // What only closes is told of an end where data is lost by it.
      await visit.save()
      const headers = await visit.close()
      if (visit.state.binding !== own) return undefined
      trace.device('registered', visit.state.sid)
      return { id: bindingId(own), headers: [...headers, cookieHeader(own)] }
    },
    refused: (why) => trace.device(why, record?.sid),
    close: async () => visit.close(),
  })
}
