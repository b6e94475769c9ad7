import { pageOf, type Section } from '../page.ts'
import { distance, isoOf } from '../record.ts'
import type { ForeignFound, ForeignInspection } from './inspect-foreign.ts'

/** What `keepsake inspect` prints about a cookie of another library. `now` in epoch milliseconds. */
export function foreignPage({ cookie, libraries, found }: ForeignInspection, now: number): string {
  const { name, value } = cookie
  const title = name === undefined ? 'value' : `cookie ${name}`
  const shape = `@keepsake/arrival reads its format with ${libraries.join(', ')}.`
  return pageOf([
    { title: `${title}, ${value.length} characters`, rows: [], body: shape },
    ...(found === undefined ? [NO_SECRET] : foundSections(found, now)),
  ])
}

const NO_SECRET: Section = {
  title: 'not opened',
  rows: [],
  body: "No secret to open it with: name the variable that holds the previous application's secret with --variable.",
}

type Reason = Exclude<ForeignFound, { ok: true }>['reason']

const REASONS: Partial<Record<Reason, string>> = {
  forged: 'It was not signed or sealed with any of the given secrets under this name.',
  malformed: "It does not have its library's format.",
  expired: 'It is genuine, but expired.',
  unsupported: 'It is genuine, but in an unsupported format, such as pickle or Marshal.',
  too_large: 'It is too long, or decompresses to more than the limit.',
  unfit_secret: 'The secret is not valid for this library.',
}

function foundSections(found: ForeignFound, now: number): readonly Section[] {
  if (!found.ok) {
    const { reason } = found
    return [{ title: `does not open: ${reason}`, rows: [], body: REASONS[reason] }]
  }
  const { library, session } = found
  const at = (seconds: number | undefined): string => {
    if (seconds === undefined) return 'unknown'
    const iso = isoOf(seconds)
    return `${iso}  (${distance(iso, now)})`
  }
  const times = [
    ['began', at(found.beganAt)],
    ['ends', at(found.endsAt)],
  ] as const
  const title = `genuine, read by ${library}`
  if (session === undefined) return [{ title, rows: times, body: 'It is the id of a session in a store.' }]
  const rows = [...times, ['permanent', session.permanent ? 'yes' : 'no']] as const
  return [
    { title, rows },
    { title: 'data', rows: [], body: JSON.stringify(session.data, undefined, 2) },
    ...session.flash.map(({ category, message }) => ({
      title: `flash ${category}`,
      rows: [],
      body: message,
    })),
  ]
}
