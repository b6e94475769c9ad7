import { createSigner, type Signer, signedBy } from './proof.ts'
import type { Random } from './random.ts'

/** The facts about the session under attack. */
export interface Victim {
  readonly kind: 'registration' | 'refresh'
  /** The device; for a refresh, the one whose key is stored. */
  readonly device: Signer
  /** A challenge that is currently valid for this session. */
  readonly challenge: string
  /** An expired challenge. */
  readonly expired: string
  /** A challenge that is currently valid for another session. */
  readonly foreign: string
}

/** Everything that forgers can use. */
export interface Scene extends Victim {
  readonly random: Random
  readonly attacker: Signer
  readonly attackerRsa: Signer
  /** The proof that the device would send. */
  readonly genuine: string
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
}

export function createScene(victim: Victim, random: Random): Scene {
  const { challenge, device, kind } = victim
  const jwk = kind === 'registration' ? { jwk: device.jwk } : {}
  const header = { alg: device.alg, ...jwk, typ: 'dbsc+jwt' }
  const claims = { jti: challenge }
  const attacker = createSigner('ES256')
  const attackerRsa = createSigner('RS256')
  const genuine = signedBy(device, header, claims)
  return { ...victim, random, attacker, attackerRsa, genuine, header, claims }
}

/** Makes the field, or the fields, of one forged proof. */
export type Forger = (scene: Scene) => string | readonly string[]

export type Forgers = Readonly<Record<string, Forger>>
