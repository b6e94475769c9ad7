import type { Inspection } from './inspection.ts'
import { meaningOf, prefixMeaning } from './meanings.ts'
import { pageOf, type Section } from './page.ts'
import { distance, isoOf, type Shown } from './record.ts'

/** What `keepsake inspect` prints about one cookie. */
export function inspectionPage(inspection: Inspection, now: number): string {
  return pageOf([
    ...cookieSections(inspection),
    anatomySection(inspection),
    ...(inspection.session === undefined ? [] : sessionSections(inspection.session, now)),
    ...valueSections(inspection),
    ...unopenedSections(inspection),
  ])
}

function cookieSections({ cookie }: Inspection): readonly Section[] {
  const { name, attributes } = cookie
  if (name === undefined) return []
  const rows = (attributes ?? []).map(
    (attribute) =>
      [
        attribute.value === '' ? attribute.name : `${attribute.name}=${attribute.value}`,
        meaningOf(attribute),
      ] as const,
  )
  return [{ title: `cookie ${name}`, rows, body: prefixMeaning(name) }]
}

function anatomySection({ anatomy, secret, keyIds }: Inspection): Section {
  const title = `value, ${anatomy.characters} characters`
  if (anatomy.kind === 'stored') {
    const rows = [
      ['locator', `${anatomy.locatorBytes} bytes; its hash is the key of the row in the store`],
      ['verifier', `${anatomy.verifierBytes} bytes; opens the row, and changes at each login`],
    ] as const
    const body = 'The cookie of a session in a store, or a value of the same format. It contains no data.'
    return { title, rows, body }
  }
  if (anatomy.kind === 'other')
    return { title, rows: [], body: 'Neither a token nor the cookie of a stored session.' }
  const [{ keyIds: ids } = { keyIds: [] }] = keyIds
  const which =
    secret === undefined ? '' : `, secret ${secret} of ${ids.length}${secret > 1 ? ', not the newest' : ''}`
  const rows = [
    ['version', `${anatomy.version}`],
    ['key id', `${anatomy.keyId}${which}`],
    ['nonce', `${anatomy.nonceBytes} bytes`],
    ['sealed', `${anatomy.sealedBytes} bytes`],
    ['tag', `${anatomy.tagBytes} bytes`],
  ] as const
  return { title, rows }
}

function sessionSections(session: Shown, now: number): readonly Section[] {
  const at = (iso: string) => `${iso}  (${distance(iso, now)})`
  const about = Object.entries(session.about ?? {}).map(
    ([key, value]) => [key, shownAbout(key, value)] as const,
  )
  const rows = [
    ['id', session.id],
    ['created', at(session.createdAt)],
    ['issued', at(session.issuedAt)],
    ['expires', `${at(session.expiresAt)}${session.hasEnded ? '; expired' : ''}`],
    ['permanent', session.permanent ? 'yes' : 'no'],
    ...about,
  ] as const
  return [
    { title: 'session', rows },
    { title: 'data', rows: [], body: JSON.stringify(session.data, undefined, 2) },
  ]
}

/** Of a device's public key only the algorithm is shown. */
function shownAbout(key: string, value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  const [, at = '', kind = ''] = (key === 'binding' && /^([0-9a-z]+)\.([er])\./.exec(value)) || []
  if (kind === '') return value
  return `to a device, since ${isoOf(Number.parseInt(at, 36))}, by a key for ${kind === 'e' ? 'ES256' : 'RS256'}`
}

function valueSections({ found }: Inspection): readonly Section[] {
  return found?.ok && 'text' in found ? [{ title: 'text', rows: [], body: found.text }] : []
}

const REASONS = {
  malformed: 'It does not have the format of a token, or is too long for one.',
  unknown_key:
    'None of the secrets has this key id: it was sealed with another secret, cookie name, audience or purpose.',
  forged: 'The key id matches, but the token was changed, cut off, or made up.',
  corrupt: 'It opens, but its content has no format that this version writes.',
  unopened_value: 'Not a cookie sealed with these secrets under this name, or it has expired.',
} as const

function unopenedSections({ found, keyIds }: Inspection): readonly Section[] {
  if (found === undefined || found.ok) return []
  const rows =
    found.reason === 'unknown_key' ? keyIds.map(({ name, keyIds }) => [name, keyIds.join(' ')] as const) : []
  const title = `does not open: ${found.reason}`
  return [{ title, rows: [['', REASONS[found.reason]], ...rows] }]
}
