import { caseOf, type Case } from './case.ts'
import type { Finding, Kind } from './finding.ts'
import { absence } from './findings/absence.ts'
import { caches } from './findings/caches.ts'
import { continuity } from './findings/continuity.ts'
import { crossOrigin } from './findings/cross-origin.ts'
import { places } from './findings/places.ts'
import { refused } from './findings/refused.ts'
import { sending } from './findings/sending.ts'
import { spelled } from './findings/spelled.ts'
import { times } from './findings/times.ts'
import type { Observations } from './observe.ts'

export interface Diagnosis {
  readonly found: Case
  /** Worst first. */
  readonly findings: readonly Finding[]
  /** What was not checked, each with the option that checks it. */
  readonly notJudged: readonly string[]
}

const ORDER: readonly Kind[] = ['fault', 'unclear', 'works', 'limit']

/** Findings that follow from another fault, and are not reported beside it. */
const FOLLOWS: Readonly<Record<string, readonly string[]>> = {
  folded: ['no_cookie'],
  same_name: ['new_each_time'],
  set_twice: ['new_each_time'],
  cached_cookie: ['same_for_all'],
  redirect_loop: ['no_cookie', 'proxy_not_trusted', 'late', 'needs_https'],
}

export function diagnose(observed: Observations): Diagnosis {
  const found = caseOf(observed)
  const all = [absence, refused, spelled, times, sending, continuity, caches, places, crossOrigin].flatMap(
    (look) => look(found),
  )
  const following = new Set(all.flatMap(({ code }) => FOLLOWS[code] ?? []))
  const findings = all
    .filter(({ code }) => !following.has(code))
    .toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
  return { found, findings, notJudged: notJudgedIn(found) }
}

function notJudgedIn({ plan, first, visited }: Case): readonly string[] {
  const isDated = visited.some(({ fields }) => fields.some(([name]) => name === 'date'))
  return [
    plan.node === undefined ? 'a second server (--node URL)' : '',
    plan.write.isNamed ? '' : 'a login (--write PATH --method POST --data …)',
    plan.isProxied || plan.page.protocol === 'https:' ? '' : 'an https proxy in front (--proxy)',
    plan.origin === undefined ? 'pages of another origin that need the session (--origin ORIGIN)' : '',
    isDated ? '' : "the server's clock: its responses have no Date header",
    first.stopped === 'elsewhere' ? 'everything after the redirect to another site' : '',
  ].filter((text) => text !== '')
}
