import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { createRandomPool, type FillRandom } from '../base/random.ts'
import { type Sealer, sealerOf } from './seal.ts'
import { derive, type KeyUse, type Secrets } from './secrets.ts'
import { withTokenCache } from './token-cache.ts'
import { contextOf, MAX_TOKEN_CHARS } from './token.ts'

/** Everything that is derived from the secrets of one session cookie: a key of its own for each use. */
export interface Keys {
  readonly fillRandom: FillRandom
  sealer(purpose: 'cookie' | 'store'): Sealer
  /** What the ids of this cookie are hashed with, so that they mean nothing to another. */
  readonly storeContext: Buffer
  /** For the references in events. */
  readonly logKey: KeyObject
  /** For tokens against forged requests, the newest first. */
  readonly csrfKeys: readonly [KeyObject, ...KeyObject[]]
  readonly subjects: SubjectKeys
}

/** Names of a subject for a store that must not learn who it is: 64 hexadecimal digits, a key of its own for each use. */
export interface SubjectKeys {
  /** The name that a subject's records carry. */
  readonly hash: (subject: string) => string
  /** Every name that they may carry, one for each secret; the one that they get today comes last. */
  readonly hashes: (subject: string) => readonly string[]
  /** Where it may be written that a subject's sessions are revoked; today's place comes last. */
  readonly revocationKeys: (subject: string) => readonly string[]
}

/** @throws {ConfigError} when two of the secrets have the same key id. */
export function createKeys(secrets: Secrets, cookieName: string, audience: string): Keys {
  const fillRandom = createRandomPool()
  const context = (purpose: string): Buffer => contextOf(purpose, cookieName, audience)
  const [newest, ...older] = secrets
  const csrfKey = (secret: KeyObject): KeyObject =>
    createSecretKey(derive(secret, 'csrf', context('cookie'), 32))
  return Object.freeze<Keys>({
    fillRandom,
    sealer: (purpose) =>
      withTokenCache(sealerOf(secrets, context(purpose), MAX_TOKEN_CHARS[purpose], fillRandom)),
    storeContext: context('store'),
    logKey: createSecretKey(derive(newest, 'log', context('cookie'), 32)),
    csrfKeys: [csrfKey(newest), ...older.map(csrfKey)],
    subjects: subjectKeysOf(secrets, context('store')),
  })
}

function subjectKeysOf(secrets: Secrets, context: Buffer): SubjectKeys {
  const [newest, ...older] = secrets
  const hasher = (secret: KeyObject, use: KeyUse): ((subject: string) => string) => {
    const key = createSecretKey(derive(secret, use, context, 32))
    return (subject) => createHmac('sha256', key).update(subject).digest('hex')
  }
  const under = (use: KeyUse): ((subject: string) => readonly string[]) => {
    const hashers = [...older, newest].map((secret) => hasher(secret, use))
    return (subject) => hashers.map((hash) => hash(subject))
  }
  return Object.freeze<SubjectKeys>({
    hash: hasher(newest, 'subject'),
    hashes: under('subject'),
    revocationKeys: under('revoked'),
  })
}
