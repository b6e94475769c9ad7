import { pageOf, type Section } from '../page.ts'
import type { Diagnosis } from './diagnose.ts'
import type { Finding } from './finding.ts'
import { masked, shownAttributes, sizeOf } from './set-cookie.ts'

/** For people: each finding with its reason and the line to write. */
export function doctorPage({ found, findings, notJudged }: Diagnosis): string {
  const { session, library, plan, visited } = found
  const cookie =
    session === undefined
      ? 'no session cookie was set'
      : `${masked(session)}, ${sizeOf(session)} bytes, of ${library}`
  const head: Section = {
    title: `${plan.page.href}${plan.isProxied ? ', as if behind an https proxy' : ''}`,
    rows: [
      ['cookie', cookie],
      ['asked', visited.map(({ method, url, status }) => `${method} ${pathIn(url)} ${status}`).join(', ')],
    ],
  }
  const told = findings.flatMap((finding) =>
    finding.kind === 'fault' || finding.kind === 'unclear' ? [sectionOf(finding)] : [],
  )
  const lists = [
    listOf(
      'works',
      findings.filter(({ kind }) => kind === 'works').map(({ says }) => says),
    ),
    listOf('limits', findings.filter(({ kind }) => kind === 'limit').map(sentencesOf)),
    listOf('not judged', notJudged),
  ]
  return pageOf([head, ...told, ...lists.flat()])
}

const sectionOf = ({ kind, says, why, write = [], docs, code }: Finding): Section => ({
  title: `${kind === 'fault' ? 'BROKEN' : 'UNCLEAR'}: ${says}`,
  rows: [
    ...(why === undefined ? [] : [['why', why] as const]),
    ...write.map((line, at) => [at === 0 ? 'write' : 'or', line] as const),
    ['see', `${docs}  (${code})`],
  ],
})

const sentencesOf = ({ says, why, write }: Finding): string =>
  [
    says,
    ...(why === undefined ? [] : [why]),
    ...(write === undefined ? [] : [`→ ${write.join(' → ')}`]),
  ].join(' ')

const listOf = (title: string, lines: readonly string[]): readonly Section[] =>
  lines.length === 0 ? [] : [{ title, rows: [], body: lines.join('\n') }]

/** Without the part behind a semicolon, where some servers put the session id. */
const pathIn = ({ pathname }: URL): string => pathname.split(';')[0] ?? ''

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
          attributes: shownAttributes(found.session),
          library: found.library,
        },
  requests: found.visited.map(({ method, url, status }) => ({
    method,
    url: url.origin + pathIn(url),
    status,
  })),
  findings,
  notJudged,
})
