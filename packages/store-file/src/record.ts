import type { StoredRecord } from '@keepsake/core'

export const writeRecord = ({ text, expiresAt, subject }: StoredRecord): string =>
  JSON.stringify({ text, expiresAt, subject })

/** The record in a file; undefined if the file is truncated, damaged, or written by another program. */
export function readRecord(json: string): StoredRecord | undefined {
  try {
    // Without a prototype, so that no field is read from a polluted one.
    const value = Object.assign(Object.create(null) as object, JSON.parse(json)) as Partial<StoredRecord>
    const { text, expiresAt, subject } = value
    if (typeof text !== 'string' || typeof expiresAt !== 'number') return undefined
    return { text, expiresAt, subject: typeof subject === 'string' ? subject : undefined }
  } catch {
    return undefined
  }
}
