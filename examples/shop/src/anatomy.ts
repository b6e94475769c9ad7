/** A part of a sealed token. `hex` is a preview: long parts are cut in the middle. */
export interface Segment {
  readonly part: 'version' | 'key' | 'nonce' | 'sealed' | 'tag'
  readonly bytes: number
  readonly hex: string
}

/** The parts of a session cookie's value, as far as they are visible without a secret. */
export type Anatomy =
  | { readonly kind: 'token'; readonly bytes: number; readonly segments: readonly Segment[] }
  /** The cookie of a session in a store; its parts are in hexadecimal, cut in the middle. */
  | { readonly kind: 'stored'; readonly locator: string; readonly verifier: string }
  | { readonly kind: 'other'; readonly why: string }

const VERSION = 1
const SHORTEST = 108
const LONGEST = 4096
const STORED_LENGTH = 64
const LOCATOR_BYTES = 16
const PREVIEW = 8
const HEAD = [
  ['version', 1],
  ['key', 8],
  ['nonce', 24],
] as const
const HEAD_BYTES = 33
const TAG_BYTES = 16

function preview(bytes: Buffer): string {
  const hex = bytes.toString('hex')
  if (bytes.length <= PREVIEW) return hex
  return `${hex.slice(0, PREVIEW)}…${hex.slice(-PREVIEW)}`
}

const other = (why: string): Anatomy => ({ kind: 'other', why })

const storedOf = (bytes: Buffer): Anatomy => ({
  kind: 'stored',
  locator: preview(bytes.subarray(0, LOCATOR_BYTES)),
  verifier: preview(bytes.subarray(LOCATOR_BYTES)),
})

function segmentsOf(bytes: Buffer): readonly Segment[] {
  const sealed = bytes.length - HEAD_BYTES - TAG_BYTES
  let at = 0
  return [...HEAD, ['sealed', sealed] as const, ['tag', TAG_BYTES] as const].map(([part, length]) => {
    const slice = bytes.subarray(at, at + length)
    at += length
    return { part, bytes: length, hex: preview(slice) }
  })
}

/**
 * Splits a session cookie's value by its format alone. Accepts any text: for one that is neither a sealed token
 * nor the cookie of a stored session, it returns the reason. Nothing is verified here; only the library can do that.
 */
export function anatomyOf(value: string): Anatomy {
  if (value === '') return other('it is empty')
  if (value.length > LONGEST) return other(`it is longer than ${LONGEST} characters`)
  if (!/^[A-Za-z0-9_-]+$/.test(value)) return other('it has characters that are not base64url')
  const bytes = Buffer.from(value, 'base64url')
  // With unused bits at the end, a token could have several encodings; the format allows only one.
  if (bytes.toString('base64url') !== value) return other('its last character is not canonical base64url')
  if (value.length === STORED_LENGTH) return storedOf(bytes)
  if (value.length < SHORTEST) return other(`it is shorter than ${SHORTEST} characters`)
  if (bytes[0] !== VERSION)
    return other(`its first byte is ${bytes[0]}, and no version but ${VERSION} exists`)
  return { kind: 'token', bytes: bytes.length, segments: segmentsOf(bytes) }
}
