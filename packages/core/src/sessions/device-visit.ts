import type { Header } from '../visit/headers.ts'
import type { Lookup, Setup } from '../visit/setup.ts'
import type { OpenInForce } from '../modes/mode.ts'
import type { SessionState } from '../session/state.ts'
import { bindingOf, readBinding } from '../record/binding.ts'
import { bindingId, type DeviceProofs } from '../device/proofs.ts'
import type { MaybePromise } from '../base/maybe-promise.ts'
import type { OpenReason } from '../base/reasons.ts'
import type { BoundKey, DeviceVisit } from './device-sessions.ts'

/** The visit of a request whose session can be bound. */
export interface BindableVisit {
  readonly lookup: Lookup
  readonly state: SessionState
  readonly session: { readonly subject: string | undefined }
  peek(): OpenInForce | undefined
  save(): MaybePromise<unknown>
  close(): MaybePromise<readonly Header[]>
}

const NO_STORE: Header = Object.freeze(['Cache-Control', 'no-store'])

/** The reasons for not opening a session that may be valid nevertheless. */
const MAY_BE_GOOD: ReadonlySet<OpenReason> = new Set<OpenReason>([
  'unknown_key',
  'issued_in_future',
  'ambiguous_cookie',
  'header_too_large',
  'superseded',
  'store_failed',
  'unfit',
])

export function createDeviceVisit(
  { trace, now }: Setup,
  device: DeviceProofs,
  visit: BindableVisit,
): DeviceVisit {
  const came = visit.peek()
  const { reason, standing } = visit.lookup
  // A proof concerns the key, so it may arrive with the cookie from before a new id.
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
      // The first use of the session, so that it is committed.
      if (visit.session.subject === undefined) return undefined
      visit.state.binding = own
      // If another request has ended the session, `save` throws; `close` alone would throw only if data were
      // lost.
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
