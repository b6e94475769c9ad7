/** One key of the session and its size as text, in bytes. */
export interface KeySize {
  readonly key: string
  readonly bytes: number
}

/**
 * The cookie would exceed the browsers' limit, so they would silently drop it. Thrown before any header is sent.
 * For a session, `sizes` lists its keys, largest first; the keys are named, their values are not shown.
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
 * The session's record exceeds the store's limit. Thrown before any header is sent; `sizes` lists the
 * session's keys, largest first.
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

/** The keys that a message lists: it is logged, and a visitor may have chosen the number of keys. */
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
