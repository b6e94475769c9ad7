import type { Store, StoredRecord } from '@keepsake/core'
import { revisionOf } from '@keepsake/core/store'
import { sweepOf } from './store-pass.ts'

/** Observes the calls of one storage's clients, and records every result that no store may return. */
export interface Ledger {
  /** The same store, with its calls observed. */
  watch(store: Store): Store
  readonly faults: readonly string[]
}

/** A written text: its key, its expiry, and the moment from which another text or nothing is stored. */
interface Written {
  readonly key: string
  readonly text: string
  readonly expiresAt: number
  supersededAt: number
  isReplaced: boolean
}

/**
 * A moment is a number that increases with every call and every result. A result is compared only with facts that were
 * certain when its call began, so calls may overlap.
 */
export function createLedger(now: () => number): Ledger {
  const faults: string[] = []
  const texts = new Map</* revision */ string, Written>()
  const expiredKeys = new Map<string, number>()
  let moment = 0

  /** Call it when a text is requested. It returns a check of the result against the facts known at that moment. */
  function ask(key: string): (revision: string, what: string) => void {
    const asked = { at: ++moment, time: now() }
    const ended = expiredKeys.get(key) ?? Infinity
    return (revision, what) => {
      const written = texts.get(revision)
      if (written?.key !== key) faults.push(`${what} a text that was never written there`)
      else if (ended < asked.at) faults.push(`${what} a record that had ended: resurrected`)
      else if (written.expiresAt <= asked.time) faults.push(`${what} a record that had expired`)
      else if (written.supersededAt < asked.at)
        faults.push(`${what} a text that had been replaced: lost update`)
    }
  }

  function write(key: string, { text, expiresAt }: StoredRecord): void {
    texts.set(revisionOf(text), { key, text, expiresAt, supersededAt: Infinity, isReplaced: false })
  }

  /** Notes that the text of this revision is no longer stored. */
  function supersede(key: string, revision: string, record: StoredRecord, time: number): void {
    const old = texts.get(revision)
    if (old !== undefined) {
      if (old.isReplaced) faults.push('replaced one text twice: lost update')
      old.isReplaced = true
      old.supersededAt = ++moment
    }
    if (record.expiresAt <= time) expiredKeys.set(key, ++moment)
  }

  return {
    faults,
    watch: (store) => ({
      sweep: (time) => sweepOf(store, time),
      async read(key) {
        const check = ask(key)
        const text = await store.read(key)
        if (text === undefined) return text
        check(revisionOf(text), 'read')
        if (texts.get(revisionOf(text))?.text !== text)
          faults.push('read a text that differs from the one written with its revision')
        return text
      },
      async create(key, record) {
        write(key, record)
        expiredKeys.delete(key)
        return store.create(key, record)
      },
      async replace(key, revision, record) {
        const check = ask(key)
        const time = now()
        write(key, record)
        const isDone = await store.replace(key, revision, record)
        if (isDone) check(revision, 'replaced')
        if (isDone) supersede(key, revision, record, time)
        return isDone
      },
      async delete(key) {
        await store.delete(key)
        expiredKeys.set(key, ++moment)
      },
    }),
  }
}
