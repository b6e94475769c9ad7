import type { StoredRecord } from '@keepsake/core'

export const writeRecord = ({ text, expiresAt, subject }: StoredRecord): string =>
  JSON.stringify({ text, expiresAt, subject })

/** The record in a file; undefined for a file that was cut off, damaged, or written by somebody else. */
export function readRecord(json: string): StoredRecord | undefined {
  try {
    // Without a prototype, so that nothing is read from a polluted one.
    const value = Object.assign(Object.create(null) as object, JSON.parse(json)) as Partial<StoredRecord>
    const { text, expiresAt, subject } = value
    if (typeof text !== 'string' || typeof expiresAt !== 'number') return undefined
    return { text, expiresAt, subject: typeof subject === 'string' ? subject : undefined }
  } catch {
    return undefined
  }
}
