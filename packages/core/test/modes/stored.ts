import { fieldsOf } from '../../src/decision.ts'
import { createKeys } from '../../src/keys.ts'
import { type Lifetime, readLifetime } from '../../src/lifetime.ts'
import { memoryStore } from '../../src/memory-store.ts'
import type { Commit } from '../../src/modes/mode.ts'
import { writeText } from '../../src/record.ts'
import { createRecords, type Records } from '../../src/records.ts'
import type { Sealer } from '../../src/seal.ts'
import { readSecrets } from '../../src/secrets.ts'
import type { SealedFields } from '../../src/token.ts'
import { BEGIN, secretNamed, troubledStore, type TroubledStore } from '../store-support.ts'

export const LIFETIME: Lifetime = readLifetime({ idle: '1h', absolute: '24h', permanent: '31d' })
export const SID = Buffer.alloc(16, 1)

export const keysOf = (cookieName = '__Host-session', audience = '', ...secrets: readonly string[]) =>
  createKeys(
    readSecrets('secrets', secrets.length === 0 ? [secretNamed('newest')] : secrets),
    cookieName,
    audience,
  )

/** The fields of a record of this data, written at the beginning. */
export function fieldsWith(data: object, subject?: string, change: Partial<SealedFields> = {}): SealedFields {
  const identity = { sid: SID, created: BEGIN, permanent: false }
  return { ...fieldsOf(identity, writeText(data, { subject }), LIFETIME, BEGIN), ...change }
}

export interface Shelf {
  readonly memory: ReturnType<typeof memoryStore>
  readonly store: TroubledStore
  readonly sealer: Sealer
  readonly records: Records
}

/** Records over a memory store that can be troubled. */
export function createShelf(): Shelf {
  const memory = memoryStore({ now: () => BEGIN * 1000 })
  const store = troubledStore(memory)
  const keys = keysOf()
  const sealer = keys.sealer('store')
  return { memory, store, sealer, records: createRecords(store, sealer, keys.subjects) }
}

/** A commit of what a handler left, with nobody else writing. */
export const commitOf = (commit: Pick<Commit, 'plan' | 'before' | 'after'> & Partial<Commit>): Commit => ({
  continues: true,
  whenGone: () => undefined,
  rebase: () => {
    throw new Error('nobody else has written')
  },
  ...commit,
})
