import type { Header } from '../visit/headers.ts'
import type { Setup } from '../visit/setup.ts'
import type { SessionsVisit } from '../visit/visit.ts'
import { bindingOf, readBinding } from '../record/binding.ts'
import { bindingId, type ChallengeState, type DeviceProofs } from '../device/proofs.ts'
import { andThen } from '../base/maybe-promise.ts'
import type { OpenReason, ProofRefusal } from '../base/reasons.ts'

/** One request that shows something of a key. */
export interface DeviceVisit {
  /** `unknown`: the session may be good, on another server or later, and nothing can be said of it now. */
  readonly state: 'open' | 'over' | 'unknown'
  /** The key that it is bound to, and the name that the binding has for browsers; undefined where it is bound to none. */
  readonly bound: { readonly key: string; readonly id: string } | undefined
  /** A challenge to be signed by the key that it is bound to. */
  challenge(): string
  challengeState(challenge: unknown): ChallengeState
  /** Of a challenge that came with the login. */
  registrationState(challenge: unknown): ChallengeState
  /**
   * Binds the session to a key, unless it is bound; undefined where another key was quicker. The headers are those of the
   * response.
   *
   * @throws what `Visit.close` throws.
   */
  register(key: string): Promise<{ readonly id: string; readonly headers: readonly Header[] } | undefined>
  /** The headers of the response to a proof by the key that it is bound to. */
  refreshed(): readonly Header[]
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
  const sid = record?.sid
  const cookieHeader = (of: string): Header => ['Set-Cookie', device.cookieLine(of, now())]
  const headersFor = (of: string): readonly Header[] => [cookieHeader(of), NO_STORE]
  const login = (): { subject: string | undefined; created: number; binding: string | undefined } => {
    const { subject, created } = visit.state
    return { subject, created, binding }
  }

  return Object.freeze<DeviceVisit>({
    state: record !== undefined ? 'open' : MAY_BE_GOOD.has(reason) ? 'unknown' : 'over',
    bound: binding === undefined ? undefined : { key: readBinding(binding).key, id: bindingId(binding) },
    challenge: () => device.challenge(binding ?? '', now()),
    challengeState: (challenge) => device.challengeState(challenge, binding ?? '', now()),
    registrationState: (challenge) =>
      came?.subject === undefined ? 'foreign' : device.registrationState(challenge, login(), now()),
    async register(key) {
      const own = bindingOf({ key, at: now() })
      if (visit.session.subject === undefined) return undefined
      visit.state.binding = own
      const headers = await andThen(visit.close(), (given) => given)
      if (visit.state.binding !== own) return undefined
      trace.device('registered', visit.state.sid)
      return { id: bindingId(own), headers: [...headers, cookieHeader(own)] }
    },
    refreshed() {
      trace.device('refreshed', sid)
      return headersFor(binding ?? '')
    },
    refused: (why) => trace.device(why, sid),
    close: async () => visit.close(),
  })
}
