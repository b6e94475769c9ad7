import { randomBytes } from 'node:crypto'
import { readText, writeText } from '../../src/record/text.ts'
import type { InForce } from '../../src/modes/mode.ts'
import { recordOf } from '../../src/record/admit.ts'
import { createKeys } from '../../src/crypto/keys.ts'
import { type Lifetime, readLifetime } from '../../src/record/lifetime.ts'
import { readShape } from '../../src/record/shape.ts'
import { freshState, type SessionState } from '../../src/session/state.ts'
import { createCsrf } from '../../src/guard/csrf.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import { RecordTooLargeError } from '../../src/base/size-errors.ts'
import type { Changes, Commit, Mode } from '../../src/modes/mode.ts'
import { createSealedStore, type SealedStore } from '../../src/store/sealed-store.ts'
import type { Row } from '../../src/store/row.ts'
import type { CachingSealer } from '../../src/crypto/seal.ts'
import { readSecrets } from '../../src/crypto/secrets.ts'
import { metaOf } from '../record/texts.ts'
import { BEGIN, secretNamed, troubledStore, type TroubledStore } from '../store-support.ts'

export const LIFETIME: Lifetime = readLifetime({ idle: '1h', absolute: '24h', permanent: '31d' })
/** Any data fit. */
export const ANY_SHAPE = readShape({})
export const SID = Buffer.alloc(16, 1)

/** The text before the record in a row that was just created. */
export const ROW: Row = { proof: 'A'.repeat(22), replaced: '', superseded: [], order: undefined }

export const keysOf = (cookieName = '__Host-session', audience = '', ...secrets: readonly string[]) =>
  createKeys(
    readSecrets('secrets', secrets.length === 0 ? [secretNamed('newest')] : secrets),
    cookieName,
    audience,
  )

const atTheBeginning = (): number => BEGIN

/** The state of a session that begins now. */
export function freshStateOf(): SessionState {
  const { fillRandom, csrfKeys } = keysOf()
  const csrf = createCsrf(csrfKeys, fillRandom)
  return freshState({
    now: atTheBeginning,
    fillRandom,
    csrf,
    lifetime: LIFETIME,
    version: 0,
    checkRevokeAll: () => undefined,
  })
}

/** A record of this data, written at the beginning. */
export function fieldsWith(data: object, subject?: string, change: Partial<Fields> = {}): Fields {
  const state = { sid: SID, created: BEGIN, permanent: false, subject }
  const record = recordOf(state, writeText(data, metaOf({ subject })), LIFETIME, BEGIN)
  return { ...record, permanent: false, ...change }
}

/** A record without its own limit, which can be sealed unchanged. */
type Fields = InForce & { readonly permanent: boolean }

/** The part of a mode that a decision needs: its maximum size. */
export function modeOf(maxTextBytes: number): Mode {
  return {
    name: 'store',
    maxTextBytes,
    tooLarge: (bytes, sizes) => new RecordTooLargeError(bytes, maxTextBytes, sizes),
    load: () => ({ reason: 'malformed', record: undefined }),
    isLazy: false,
    fetch: undefined,
    valueFor: () => undefined,
    watchRecord: () => undefined,
    apply: () => ({ outcome: 'done', record: undefined, value: undefined }),
  }
}

export interface Shelf {
  readonly memory: ReturnType<typeof memoryStore>
  readonly store: TroubledStore
  readonly sealer: CachingSealer
  readonly records: SealedStore
}

/** Records in a memory store that can be made to fail. */
export function createShelf(): Shelf {
  const memory = memoryStore({ now: () => BEGIN * 1000 })
  const store = troubledStore(memory)
  const keys = keysOf()
  const sealer = keys.sealer('store')
  return { memory, store, sealer, records: createSealedStore(store, sealer, keys.subjects) }
}

/** Changes without any parallel change. */
const ALONE: Changes = {
  rebase: () => {
    throw new Error('no other request has written')
  },
  apart: () => {
    throw new Error('no other request has logged in')
  },
  areIn: () => false,
  alone: () => undefined,
}

/** Puts a handler's changes on top of other requests' writes, which is enough of a merge for most tests. */
export const mergedWith = (after: InForce): Changes => ({
  rebase(theirs) {
    const [mine, others] = [readText(after.text), readText(theirs.text)]
    const text = writeText({ ...others?.data, ...mine?.data }, metaOf({ subject: after.subject }))
    return { ...after, text }
  },
  apart: () => after,
  areIn: () => false,
  alone: () => after,
})

/** A commit of a handler's changes without parallel writes. */
export function commitOf(commit: Pick<Commit, 'plan' | 'before' | 'after'> & Partial<Commit>): Commit {
  const cookie = randomBytes(48).toString('base64url')
  const others = { continues: true, isLogin: false, at: BEGIN, changes: ALONE, tried: [] }
  const methods = {
    newCookie: () => cookie,
    newRowCookie: () => cookie,
    unlessOvertaken: async (work: () => Promise<unknown>) => void (await work()),
  }
  return { ...others, ...methods, ...commit }
}
