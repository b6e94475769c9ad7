import { isInnerList, type List, parseList, serializeList, Token } from 'structured-headers'

/** One member of `Secure-Session-Registration`: the server's offer to register a key. */
export interface Offer {
  readonly algorithms: readonly string[]
  readonly path: string
  readonly challenge: string | undefined
  readonly authorization: string | undefined
  /** Whether it requests the key of another site's session. */
  readonly isFederated: boolean
}

/** Why a request is sent without a fresh bound cookie. */
export type SkipReason = 'unreachable' | 'server_error' | 'quota_exceeded'

export interface Skip {
  readonly reason: SkipReason
  /** The session's identifier. */
  readonly session: string
}

/** The members that are offers. An unreadable field counts as empty, as structured fields require. */
export function offersIn(values: readonly string[]): readonly Offer[] {
  return listOf(values).flatMap((member) => {
    if (!isInnerList(member)) return []
    const [items, parameters] = member
    const path = textIn(parameters.get('path'))
    if (path === undefined) return []
    return [
      {
        algorithms: items.flatMap(([item]) => (item instanceof Token ? [item.toString()] : [])),
        path,
        challenge: textIn(parameters.get('challenge')),
        authorization: textIn(parameters.get('authorization')),
        isFederated: ['provider_key', 'provider_id', 'provider_url'].some((name) => parameters.has(name)),
      },
    ]
  })
}

/** The challenges of `Secure-Session-Challenge` by session identifier; a challenge without one is ignored. */
export function challengesIn(values: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    listOf(values).flatMap((member) => {
      const [challenge, session] = isInnerList(member) ? [] : [textIn(member[0]), textIn(member[1].get('id'))]
      return challenge === undefined || session === undefined ? [] : [[session, challenge] as const]
    }),
  )
}

/** The value of `Secure-Session-Skipped`. */
export const skippedField = (skips: readonly Skip[]): string =>
  serializeList(
    skips.map(({ reason, session }) => [new Token(reason), new Map([['session_identifier', session]])]),
  )

const textIn = (item: unknown): string | undefined => (typeof item === 'string' ? item : undefined)

function listOf(values: readonly string[]): List {
  try {
    return parseList(values.join(', '))
  } catch {
    return []
  }
}
