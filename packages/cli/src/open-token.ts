import { ConfigError, createCookie } from '@keepsake/core'
import { createSealer, type SealedFields, type Sealer, type UnopenedReason } from '@keepsake/core/sealer'
import { UsageError } from './command.ts'

export const PURPOSES = ['cookie', 'store', 'value'] as const
export type Purpose = (typeof PURPOSES)[number]

/** The parameters for opening a token. */
export interface Attempt {
  /** Newest first. */
  readonly secrets: readonly string[]
  /** Cookie names that it may have been sealed for. */
  readonly names: readonly string[]
  readonly audience: string
  readonly purpose: Purpose
  /** The key of the store row that contains the record. */
  readonly rowKey: string | undefined
}

export type Found =
  | { readonly ok: true; readonly name: string; readonly fields: SealedFields; readonly isStale: boolean }
  /** A sealed cookie of `createCookie`, of which only the text is returned. */
  | { readonly ok: true; readonly name: string; readonly text: string }
  | { readonly ok: false; readonly reason: UnopenedReason | 'unopened_value' }

/** @throws {UsageError} for an invalid name or audience. */
export function openToken(token: string, attempt: Attempt): Found {
  return attempt.purpose === 'value' ? openValue(token, attempt) : openSealed(token, attempt)
}

function openSealed(token: string, attempt: Attempt): Found {
  let reason: UnopenedReason = 'unknown_key'
  for (const name of attempt.names) {
    const opened = sealerFor(name, attempt).open(token, attempt.rowKey)
    if (opened.ok) return { ok: true, name, fields: opened.fields, isStale: opened.stale }
    // A failure with a matching key is more informative than one without.
    if (opened.reason !== 'unknown_key') reason = opened.reason
  }
  return { ok: false, reason }
}

function openValue(token: string, { names, secrets }: Attempt): Found {
  for (const name of names) {
    const text = checked(() => createCookie(name, { sealed: secrets }).read(`${name}=${token}`))
    if (text !== undefined) return { ok: true, name, text }
  }
  return { ok: false, reason: 'unopened_value' }
}

/** The key ids of the secrets under each name, in hexadecimal: a token that one of them opens starts with its key id. */
export function keyIdsOf(
  attempt: Attempt,
): readonly { readonly name: string; readonly keyIds: readonly string[] }[] {
  if (attempt.purpose === 'value') return []
  const fields = { created: 0, issued: 0, expires: 0, permanent: false, sid: new Uint8Array(16), text: '{}' }
  return attempt.names.map((name) => ({
    name,
    keyIds: attempt.secrets.map((secret) =>
      keyIdOf(sealerFor(name, { ...attempt, secrets: [secret] }).seal(fields)),
    ),
  }))
}

/** The key id of a token, in hexadecimal. */
export const keyIdOf = (token: string): string =>
  Buffer.from(token.slice(0, 12), 'base64url').toString('hex', 1)

function sealerFor(name: string, { secrets, audience, purpose }: Attempt): Sealer {
  return checked(() =>
    createSealer({ secrets, name, audience, purpose: purpose === 'store' ? 'store' : 'cookie' }),
  )
}

function checked<T>(create: () => T): T {
  try {
    return create()
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message)
    throw error
  }
}
