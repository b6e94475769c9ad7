import { parseDate } from 'tough-cookie'
import { type Attribute, readPasted } from '../pasted.ts'

/** A `Set-Cookie` line as a browser reads it (RFC 6265bis §5.6). */
export interface SetCookie {
  readonly name: string
  readonly value: string
  /** As written. */
  readonly attributes: readonly Attribute[]
  /** In lower case, without a leading dot; undefined for a host-only cookie. */
  readonly domain: string | undefined
  /** Undefined: derived from the URL of the request. */
  readonly path: string | undefined
  readonly secure: boolean
  readonly httpOnly: boolean
  readonly partitioned: boolean
  readonly sameSite: 'strict' | 'lax' | 'none' | undefined
  /** Seconds. */
  readonly maxAge: number | undefined
  readonly expires: Date | undefined
  /** Whether a second cookie follows the first attribute, as if two lines had been joined by a comma. */
  readonly isFolded: boolean
}

const SAME_SITE = ['strict', 'lax', 'none'] as const
/** Browsers ignore an attribute with a longer value. */
const MAX_ATTRIBUTE = 1024
const FOLDED = /,\s*[!#$%&'*+\-.^_`|~\w]+=/

export function readSetCookie(line: string): SetCookie {
  const [{ name = '', value, attributes }] = readPasted(`Set-Cookie: ${line}`) as [
    { name?: string; value: string; attributes: readonly Attribute[] },
  ]
  const all = new Map(
    attributes
      .filter((attribute) => Buffer.byteLength(attribute.value) <= MAX_ATTRIBUTE)
      .map((attribute) => [attribute.name.toLowerCase(), attribute.value]),
  )
  const path = all.get('path')
  const sameSite = all.get('samesite')?.toLowerCase()
  const maxAge = all.get('max-age') ?? ''
  return {
    name,
    value,
    attributes,
    domain: all.get('domain')?.toLowerCase().replace(/^\./, '') || undefined,
    path: path?.startsWith('/') ? path : undefined,
    secure: all.has('secure'),
    httpOnly: all.has('httponly'),
    partitioned: all.has('partitioned'),
    sameSite: SAME_SITE.find((one) => one === sameSite),
    maxAge: /^-?\d+$/.test(maxAge) ? Number(maxAge) : undefined,
    expires: parseDate(all.get('expires') ?? ''),
    isFolded: attributes.some((attribute) => FOLDED.test(attribute.value)),
  }
}

/** When a browser that has just received it deletes it, in epoch milliseconds; `Infinity` for when the browser is closed. */
export function endOf({ maxAge, expires }: SetCookie, now: number): number {
  if (maxAge !== undefined) return now + maxAge * 1000
  return expires?.getTime() ?? Infinity
}

/** Whether the application means to delete it, rather than setting an expiry with a wrong clock or unit. */
export function isDeletion({ value, maxAge, expires }: SetCookie): boolean {
  if (maxAge !== undefined) return maxAge <= 0
  return (expires !== undefined && expires.getTime() < DAY) || (value === '' && expires !== undefined)
}

const DAY = 86_400_000

/** The size that counts against 4096 bytes. */
export const sizeOf = ({ name, value }: Pick<SetCookie, 'name' | 'value'>): number =>
  Buffer.byteLength(name) + Buffer.byteLength(value)

const KNOWN = /^(?:path|domain|max-age|expires|secure|httponly|samesite|partitioned|priority)$/i
const MISSPELLED =
  /^(?:http-?only|same-?site|max-?age|expire[sd]?|secured?|domains?|paths?|version|comment|sameparty)$/i

export const isKnown = ({ name }: Attribute): boolean => KNOWN.test(name)

/** The attributes for display. Unknown ones are masked, as is text behind a comma: they may be part of the value. */
export const shownAttributes = ({ attributes, expires }: SetCookie): readonly Attribute[] =>
  attributes.map((attribute) => {
    const { name, value } = attribute
    if (!isKnown(attribute))
      return { name: MISSPELLED.test(name) ? name : `…(${name.length} characters)`, value: '' }
    const isDate = name.toLowerCase() === 'expires'
    return {
      name,
      value: isDate ? (expires?.toUTCString() ?? '…') : (value.split(',')[0] ?? '').slice(0, 100),
    }
  })

/** The cookie for display, without its value, which may be the session's secret. */
export const masked = (cookie: SetCookie): string =>
  [
    `${cookie.name}=…(${cookie.value.length} characters)`,
    ...shownAttributes(cookie).map(({ name, value }) => (value === '' ? name : `${name}=${value}`)),
  ].join('; ')
