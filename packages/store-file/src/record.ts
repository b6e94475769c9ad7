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
    const value = JSON.parse(json) as Partial<FileRecord> | null
    const { text, expiresAt, subject, writtenAt } = value ?? {}
    if (typeof text !== 'string' || typeof expiresAt !== 'number' || typeof writtenAt !== 'number')
      return undefined
    return { text, expiresAt, writtenAt, subject: typeof subject === 'string' ? subject : undefined }
  } catch {
    return undefined
  }
}
