import { pageOf, type Section } from '../page.ts'
import type { Diagnosis } from './diagnose.ts'
import type { Finding, Kind } from './finding.ts'
import { masked, sizeOf } from './set-cookie.ts'

const LABELS: Readonly<Record<Kind, string>> = {
  works: 'works',
  fault: 'BROKEN',
  limit: 'not there',
  unclear: 'unclear',
}

/** For people: what was found, with the reason and the line to write below each thing. */
export function doctorPage({ found, findings, notJudged }: Diagnosis): string {
  const { session, library, plan, visited } = found
  const cookie =
    session === undefined
      ? 'no session cookie was set'
      : `${masked(session)}, ${sizeOf(session)} bytes, of ${library}`
  const head: Section = {
    title: `${plan.page.href}${plan.isProxied ? ', as behind a proxy that speaks https' : ''}`,
    rows: [
      ['cookie', cookie],
      ['asked', visited.map(({ method, url, status }) => `${method} ${url.pathname} ${status}`).join(', ')],
    ],
  }
  const rest = notJudged.length === 0 ? [] : [{ title: 'not judged', rows: [], body: notJudged.join('\n') }]
  return pageOf([head, ...findings.map(sectionOf), ...rest])
}

const sectionOf = ({ kind, says, why, write = [], docs, code }: Finding): Section => ({
  title: `${LABELS[kind].padEnd(9)}  ${says}`,
  rows: [
    ...(why === undefined ? [] : [['why', why] as const]),
    ...write.map((line, at) => [at === 0 ? 'write' : 'or', line] as const),
    ...(kind === 'fault' || kind === 'unclear' ? [['see', `${docs}  (${code})`] as const] : []),
  ],
})

/** The same for programs. */
export const doctorJson = ({ found, findings, notJudged }: Diagnosis) => ({
  url: found.plan.page.href,
  isProxied: found.plan.isProxied,
  cookie:
    found.session === undefined
      ? null
      : {
          name: found.session.name,
          bytes: sizeOf(found.session),
          attributes: found.session.attributes,
          library: found.library,
        },
  requests: found.visited.map(({ method, url, status }) => ({
    method,
    url: url.origin + url.pathname,
    status,
  })),
  findings,
  notJudged,
})
