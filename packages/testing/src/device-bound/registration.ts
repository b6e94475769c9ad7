import type { Answer } from '../wire.ts'
import type { Offer } from './fields.ts'
import { type Instructions, readInstructions } from './instructions.ts'
import { type Algorithm, createDeviceKey, type DeviceKey, registrationProof } from './key.ts'
import { canBind } from './need.ts'
import { outcomeOf } from './outcome.ts'

/** A session for which a browser has a key. */
export interface DeviceSession extends Instructions {
  readonly key: DeviceKey
  /** The server's latest challenge; the browser signs it until there is a newer one. */
  readonly challenge: string | undefined
}

/** Sends a request that no page has made; returns undefined if the connection breaks. */
export type Post = (url: string, headers: Readonly<Record<string, string>>) => Promise<Answer | undefined>

/** The result of a registration: a session, or the reason why there is none. */
export type Registered =
  | { readonly session: DeviceSession; readonly answer: Answer }
  | { readonly refused: string }

/** Accepts an offer in a response from `base`. */
export async function register(
  { algorithms, authorization, challenge, isFederated, path }: Offer,
  base: string,
  algorithm: Algorithm,
  post: Post,
): Promise<Registered> {
  if (isFederated) return { refused: 'the offer requests the key of another site' }
  if (!algorithms.includes(algorithm)) return { refused: 'no algorithm in common' }
  if (challenge === undefined) return { refused: 'no challenge' }
  const url = URL.parse(path, base)
  if (url?.origin !== new URL(base).origin) return { refused: 'path has another origin' }

  const key = createDeviceKey(algorithm)
  const answer = await post(url.href, {
    'Secure-Session-Response': registrationProof(key, challenge, authorization),
  })
  if (answer === undefined) return { refused: 'unreachable' }
  if (outcomeOf(answer.status) !== 'answered') return { refused: `status ${answer.status}` }
  const read = readInstructions(answer.text, url.href)
  if ('refused' in read) return read
  if (!canBind(read.instructions.credentials, url.href))
    return { refused: 'this response cannot set any of the cookies' }
  return { session: { ...read.instructions, key, challenge: undefined }, answer }
}
