import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { createRandomPool, type FillRandom } from '../base/random.ts'
import { type CachingSealer, sealerOf } from './seal.ts'
import { nameOf } from './names.ts'
import { derive, type KeyUse, type Secrets } from './secrets.ts'
import { withTokenCache } from './token-cache.ts'
import { contextOf, MAX_TOKEN_CHARS } from './token.ts'

/** Everything derived from the secrets of one session cookie: a separate key for each use. */
export interface Keys {
  readonly fillRandom: FillRandom
  sealer(purpose: 'cookie' | 'store'): CachingSealer
  /** Separates the hashes of this cookie's ids from those of any other cookie. */
  readonly storeContext: Buffer
  /** The same for the cookie's former names. */
  readonly formerContexts: readonly Buffer[]
  /** For the references in events. */
  readonly logKey: KeyObject
  /** For tokens against forged requests, the newest first. */
  readonly csrfKeys: readonly [KeyObject, ...KeyObject[]]
  /** For stamps of device-bound sessions, the newest first; derived on first use. */
  deviceKeys(): readonly [KeyObject, ...KeyObject[]]
  readonly subjects: SubjectKeys
  readonly arrivals: ArrivalKeys
}

/** The values derived from a text that another library has signed. */
export interface ArrivalKeys {
  /** Where to record what a foreign session became: keys of 32 hexadecimal digits, the current one last. */
  readonly places: (signed: string) => readonly string[]
  /** 64 bytes that only this application can derive, the same for each request. */
  readonly bytes: (signed: string) => Buffer
}

/** Names of a subject for a store that must not learn who it is: 32 hexadecimal digits, with a separate key for each use. */
export interface SubjectKeys {
  /** The name in a subject's records. */
  readonly hash: (subject: string) => string
  /** Every possible name, one for each secret and name of the cookie, the current one last. */
  readonly hashes: (subject: string) => readonly string[]
  /** Where to record that a subject's sessions are revoked; the current key is last. */
  readonly revocationKeys: (subject: string) => readonly string[]
}

/**
 * @param formerNames The cookie's former names: texts made under them are recognized, none are made.
 * @throws {ConfigError} when two of the secrets have the same key id.
 */
export function createKeys(
  secrets: Secrets,
  cookieName: string,
  audience: string,
  formerNames: readonly string[] = [],
): Keys {
  const fillRandom = createRandomPool()
  const context = (purpose: string): Buffer => contextOf(purpose, cookieName, audience)
  const former = (purpose: string): Buffer[] => formerNames.map((name) => contextOf(purpose, name, audience))
  const [newest, ...older] = secrets
  const keysFor = (use: 'csrf' | 'device'): readonly [KeyObject, ...KeyObject[]] => {
    const keyOf = (secret: KeyObject, name = context('cookie')): KeyObject =>
      createSecretKey(derive(secret, use, name, 32))
    const formerKeys = former('cookie').flatMap((name) => secrets.map((secret) => keyOf(secret, name)))
    return [keyOf(newest), ...older.map((secret) => keyOf(secret)), ...formerKeys]
  }
  const arrivalKey = createSecretKey(derive(newest, 'arrival', context('store'), 64))
  return Object.freeze<Keys>({
    fillRandom,
    sealer: (purpose) =>
      withTokenCache(
        sealerOf(secrets, context(purpose), MAX_TOKEN_CHARS[purpose], fillRandom, former(purpose)),
      ),
    storeContext: context('store'),
    formerContexts: former('store'),
    logKey: createSecretKey(derive(newest, 'log', context('cookie'), 32)),
    csrfKeys: keysFor('csrf'),
    deviceKeys: () => keysFor('device'),
    subjects: subjectKeysOf(secrets, context('store'), former('store')),
    arrivals: Object.freeze<ArrivalKeys>({
      places: hashersUnder('arrived', secrets, context('store'), former('store')),
      bytes: (signed) => createHmac('sha512', arrivalKey).update(signed).digest(),
    }),
  })
}

function subjectKeysOf(secrets: Secrets, context: Buffer, former: readonly Buffer[]): SubjectKeys {
  const [newest] = secrets
  return Object.freeze<SubjectKeys>({
    hash: hasher(newest, 'subject', context),
    hashes: hashersUnder('subject', secrets, context, former),
    revocationKeys: hashersUnder('revoked', secrets, context, former),
  })
}

/** Every hash of a text, one for each secret and name of the cookie, the current one last. */
function hashersUnder(
  use: KeyUse,
  secrets: Secrets,
  context: Buffer,
  former: readonly Buffer[],
): (text: string) => readonly string[] {
  const hashers = [...former, context].flatMap((name) =>
    secrets.toReversed().map((secret) => hasher(secret, use, name)),
  )
  return (text) => hashers.map((hash) => hash(text))
}

function hasher(secret: KeyObject, use: KeyUse, context: Buffer): (text: string) => string {
  const key = createSecretKey(derive(secret, use, context, 32))
  return (text) => nameOf(createHmac('sha256', key).update(text).digest())
}
