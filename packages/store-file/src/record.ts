import type { StoredRecord } from '@keepsake/core'

/** What a file holds. */
export interface FileRecord extends StoredRecord {
  /** Epoch milliseconds. */
  readonly writtenAt: number
}

export const writeRecord = ({ text, expiresAt, subject, writtenAt }: FileRecord): string =>
  JSON.stringify({ text, expiresAt, subject, writtenAt })

/** The record in a file; undefined for a file that was cut off, damaged, or written by somebody else. */
export function readRecord(json: string): FileRecord | undefined {
  try {
    // Without a prototype, so that nothing is read from a polluted one.
    const value = Object.assign(Object.create(null) as object, JSON.parse(json)) as Partial<FileRecord>
    const { text, expiresAt, subject, writtenAt } = value
    if (typeof text !== 'string' || typeof expiresAt !== 'number' || typeof writtenAt !== 'number')
      return undefined
    return { text, expiresAt, writtenAt, subject: typeof subject === 'string' ? subject : undefined }
  } catch {
    return undefined
  }
}
