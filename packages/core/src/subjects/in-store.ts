import type { Standing } from '../store/rewrite.ts'
import { readBinding } from '../record/binding.ts'
import { endOf, type Lifetime, type Times } from '../record/lifetime.ts'
import { sidText } from '../crypto/token.ts'
import { UnsupportedError } from '../base/errors.ts'
import type { Trace } from '../base/trace.ts'
import { inTurns } from '../base/turns.ts'
import type { Ledger } from './ledger.ts'
import { hasSidOf, type SubjectRows } from './subject-rows.ts'
import type { Device, Subjects } from './subjects.ts'

export interface StoreSubjectsSetup {
  readonly rows: SubjectRows
  readonly lifetime: Lifetime
  readonly trace: Trace
  /** Holds what is still to arrive to what was revoked before; undefined where nothing arrives. */
  readonly ledger: Ledger | undefined
}

/** Rows that are ended side by side. */
const BATCH = 16

/** The sessions of a subject in a store that can find them. */
export function subjectsInStore({ rows, lifetime, trace, ledger }: StoreSubjectsSetup): Subjects {
  function checkRevokeAll(): void {
    if (!rows.canFind)
      throw new UnsupportedError('the store has no bySubject, so it cannot find the sessions of a subject')
  }

  async function end(
    key: string,
    known: Standing | undefined,
    subject: string | undefined,
    isSpared?: (standing: Standing) => boolean,
  ): Promise<boolean> {
    const ended = await rows.end(key, known, subject, isSpared)
    if (ended !== undefined) trace.closed('revoked', ended.sid)
    return ended !== undefined
  }

  return Object.freeze<Subjects>({
    checkRevokeAll,
    async listFor(subject, current) {
      checkRevokeAll()
      const devices: Device[] = []
      for await (const { key, standing, record } of rows.each(subject)) {
        if (standing === undefined || record === undefined) continue
        const { label, binding } = record.content
        const listed = { fields: record, label, binding, handle: handleOf(key) }
        devices.push(deviceOf(listed, lifetime, hasSidOf(standing, current)))
      }
      // Of those of the same second, the one that a store has listed last: one in memory lists in order of logins.
      return devices.toReversed().toSorted((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime())
    },
    async revoke(handle, subject) {
      const key = keyOfHandle(handle)
      return key === undefined ? false : end(key, undefined, subject)
    },
    async revokeAll(subject, spared) {
      checkRevokeAll()
      await ledger?.revokeAll(subject)
      // Only under its present sid: whoever has given the session in hand a new one meanwhile may be a thief.
      const isSpared = ({ record }: Standing): boolean => spared.has(sidText(record.sid))
      let count = 0
      // Listed before the first one ends: a login that comes meanwhile is not touched.
      for await (const batch of inTurns(batchesOf(await rows.of(subject)))) {
        const ended = await Promise.all(
          batch.map(({ key, standing }) => end(key, standing, subject, isSpared)),
        )
        count += ended.filter(Boolean).length
      }
      return count
    },
  })
}

function* batchesOf<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let n = 0; n < items.length; n += BATCH) yield items.slice(n, n + BATCH)
}

/** A record of a subject, and what is to be known of it besides its fields. */
export interface Listed {
  readonly fields: Times
  readonly label: string | undefined
  readonly binding: string | undefined
  readonly handle: string
}

export function deviceOf(
  { fields, label, binding, handle }: Listed,
  lifetime: Lifetime,
  isCurrent: boolean,
): Device {
  const { created, issued, expires, permanent } = fields
  const end = Math.min(expires, endOf(lifetime, created, issued, permanent))
  return Object.freeze<Device>({
    handle,
    createdAt: new Date(created * 1000),
    lastSeenAt: new Date(issued * 1000),
    expiresAt: new Date(end * 1000),
    permanent: permanent !== false,
    label,
    boundAt: binding === undefined ? undefined : new Date(readBinding(binding).at * 1000),
    isCurrent,
  })
}

/** A row's key as a handle: a third shorter, and as safe in a form or an address. */
export const handleOf = (key: string): string => Buffer.from(key, 'hex').toString('base64url')

/** The row's key that a handle stands for; undefined for what is none. */
export function keyOfHandle(handle: unknown): string | undefined {
  if (typeof handle !== 'string' || handle.length !== 43) return undefined
  const bytes = Buffer.from(handle, 'base64url')
  return bytes.toString('base64url') === handle ? bytes.toString('hex') : undefined
}
