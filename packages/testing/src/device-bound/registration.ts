import type { Answer } from '../wire.ts'
import type { Offer } from './fields.ts'
import { type Instructions, readInstructions } from './instructions.ts'
import { type Algorithm, createDeviceKey, type DeviceKey, registrationProof } from './key.ts'
import { canBind } from './need.ts'
import { outcomeOf } from './outcome.ts'

/** A session that a browser has a key for. */
export interface DeviceSession extends Instructions {
  readonly key: DeviceKey
  /** The last that the server has sent; signed until there is a newer one. */
  readonly challenge: string | undefined
}

/** Sends a request of the browser's own; undefined where the connection breaks. */
export type Post = (url: string, headers: Readonly<Record<string, string>>) => Promise<Answer | undefined>

/** What came of a registration; the reason where it is no session. */
export type Registered =
  | { readonly session: DeviceSession; readonly answer: Answer }
  | { readonly refused: string }

/** Takes an offer that came with the answer from `base`. */
export async function register(
  { algorithms, authorization, challenge, isFederated, path }: Offer,
  base: string,
  algorithm: Algorithm,
  post: Post,
): Promise<Registered> {
  if (isFederated) return { refused: 'the key of another site is asked for' }
  if (!algorithms.includes(algorithm)) return { refused: 'no algorithm in common' }
  if (challenge === undefined) return { refused: 'no challenge' }
  const url = URL.parse(path, base)
  if (url?.origin !== new URL(base).origin) return { refused: 'path is not of this origin' }

  const key = createDeviceKey(algorithm)
  const answer = await post(url.href, {
    'Secure-Session-Response': registrationProof(key, challenge, authorization),
  })
  if (answer === undefined) return { refused: 'unreachable' }
  if (outcomeOf(answer.status) !== 'answered') return { refused: `status ${answer.status}` }
  const read = readInstructions(answer.text, url.href)
  if ('refused' in read) return read
  if (!canBind(read.instructions.credentials, url.href))
    return { refused: 'no credential is a cookie that this answer can set' }
  return { session: { ...read.instructions, key, challenge: undefined }, answer }
}
