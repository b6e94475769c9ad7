/** One key of the session and what it weighs as text, in bytes. */
export interface KeySize {
  readonly key: string
  readonly bytes: number
}

/**
 * The cookie would be larger than browsers keep: they drop it without a word. Thrown before any header leaves.
 * For a session, `sizes` lists its keys, heaviest first; the keys are named, their values are not shown.
 */
export class CookieTooLargeError extends RangeError {
  override readonly name = 'CookieTooLargeError'
  readonly code = 'KEEPSAKE_COOKIE_TOO_LARGE'
  readonly bytes: number
  readonly limit: number
  readonly sizes: readonly KeySize[]

  constructor(cookie: string, bytes: number, limit: number, sizes: readonly KeySize[] = []) {
    super(
      `the cookie ${cookie} would take ${bytes} bytes; browsers drop one whose name and value exceed ${limit}.` +
        tableOf(sizes),
    )
    this.bytes = bytes
    this.limit = limit
    this.sizes = sizes
  }
}

/**
 * The session's record is larger than the store's limit for one. Thrown before any header leaves; `sizes` lists the
 * session's keys, heaviest first.
 */
export class RecordTooLargeError extends RangeError {
  override readonly name = 'RecordTooLargeError'
  readonly code = 'KEEPSAKE_RECORD_TOO_LARGE'
  readonly bytes: number
  readonly limit: number
  readonly sizes: readonly KeySize[]

  constructor(bytes: number, limit: number, sizes: readonly KeySize[]) {
    super(`the session would take ${bytes} bytes; the limit is ${limit}.${tableOf(sizes)}`)
    this.bytes = bytes
    this.limit = limit
    this.sizes = sizes
  }
}

/** What a message shows of a session's keys: it goes into logs, and a visitor may have chosen how many there are. */
const MAX_ROWS = 10
const MAX_KEY_CHARS = 60

function tableOf(sizes: readonly KeySize[]): string {
  const rows = sizes.slice(0, MAX_ROWS).map(({ key, bytes }) => {
    const name = key.length <= MAX_KEY_CHARS ? key : `${key.slice(0, MAX_KEY_CHARS)}…`
    return `\n  ${String(bytes).padStart(7)}  ${name}`
  })
  if (rows.length === 0) return ''
  const more = sizes.length > rows.length ? `\n  and ${sizes.length - rows.length} more` : ''
  return ` The session's keys and their bytes:${rows.join('')}${more}`
}
