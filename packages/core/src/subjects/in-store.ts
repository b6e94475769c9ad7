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
  /** Makes later arrivals respect earlier revocations; undefined without arrivals. */
  readonly ledger: Ledger | undefined
}

export const NO_SUBJECTS = 'the store has no bySubject, so it cannot find the sessions of a subject'

/** The number of rows that are ended in parallel. */
const BATCH = 16

/** A subject's sessions in a store that can find them. */
export function subjectsInStore({ rows, lifetime, trace, ledger }: StoreSubjectsSetup): Subjects {
  function checkRevokeAll(): void {
    if (!rows.canFind) throw new UnsupportedError(NO_SUBJECTS)
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
      // Within the same second, the order of the store decides, the last first: the memory store lists in order of logins.
      return devices.toReversed().toSorted((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime())
    },
    async revoke(handle, subject) {
      const key = keyOfHandle(handle)
      return key === undefined ? false : end(key, undefined, subject)
    },
    async revokeAll(subject, spared) {
      checkRevokeAll()
      await ledger?.revokeAll(subject)
      // Only under its current sid: a request that has given this session a new one may be a thief's.
      const isSpared = ({ record }: Standing): boolean => spared.has(sidText(record.sid))
      let count = 0
      // Listed before the first one ends: a later login is not affected.
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

/** A subject's record, and the facts about it besides its fields. */
export interface Listed {
  readonly fields: Times
  readonly label: string | undefined
  readonly binding: string | undefined
  readonly handle: string
}

export const deviceOf = (listed: Listed, lifetime: Lifetime, isCurrent: boolean): Device =>
  Object.freeze<Device>({ ...seenOf(listed, lifetime), isCurrent })

/** What a list shows of a session, whoever asks for it. */
export function seenOf(
  { fields, label, binding, handle }: Listed,
  lifetime: Lifetime,
): Omit<Device, 'isCurrent'> {
  const { created, issued, expires, permanent } = fields
  const end = Math.min(expires, endOf(lifetime, created, issued, permanent))
  return {
    handle,
    createdAt: new Date(created * 1000),
    lastSeenAt: new Date(issued * 1000),
    expiresAt: new Date(end * 1000),
    permanent: permanent !== false,
    label,
    boundAt: binding === undefined ? undefined : new Date(readBinding(binding).at * 1000),
  }
}

/** A row's key as a handle: a third shorter, and as safe in a form or a URL. */
export const handleOf = (key: string): string => Buffer.from(key, 'hex').toString('base64url')

/** The row's key of a handle; undefined for an invalid one. */
export function keyOfHandle(handle: unknown): string | undefined {
  if (typeof handle !== 'string' || handle.length !== 43) return undefined
  const bytes = Buffer.from(handle, 'base64url')
  return bytes.toString('base64url') === handle ? bytes.toString('hex') : undefined
}
