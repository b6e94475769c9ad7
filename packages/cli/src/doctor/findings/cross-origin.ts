import { isSameSite } from '../browser.ts'
import type { Case } from '../case.ts'
import { headerOf, valuesOf } from '../exchange.ts'
import { cookieLine, type Finding, findingsOf } from '../finding.ts'

const { works, fault, limit } = findingsOf('another-site-origin-or-browser')

const FETCH = `fetch(url, { credentials: 'include' })  // in the page`
const corsLine = (origin: string): string => `cors({ origin: '${origin}', credentials: true })`

/** What a page of another origin gets by `fetch`. */
export function crossOrigin(found: Case): readonly Finding[] {
  const { plan, crossOrigin: answer, preflight, library, session } = found
  if (answer === undefined) return []
  const origin = plan.origin?.origin ?? 'https://elsewhere.example'
  const named = plan.origin?.origin ?? 'https://app.example.com'
  const allowed = valuesOf(answer, 'access-control-allow-origin').join(', ')
  const withCredentials = headerOf(answer, 'access-control-allow-credentials') === 'true'
  const isAsked = plan.origin !== undefined
  if (allowed === '*' && (withCredentials || isAsked))
    return [
      fault('cors_star', {
        says: 'A page of another origin gets no answer to a fetch with cookies.',
        why: `Browsers refuse Access-Control-Allow-Origin: * for requests with credentials${withCredentials ? ', and Access-Control-Allow-Credentials does not help' : ''}.`,
        write: [corsLine(named), FETCH],
      }),
    ]
  if (allowed === '*')
    return [
      limit('cors_public', {
        says: 'Pages of all origins may read this page by fetch, without the session.',
        why: 'Access-Control-Allow-Origin: * is for requests without credentials.',
        write: [`where they need the session: ${corsLine(named)}`, FETCH],
      }),
    ]
  if (!isAsked) return openToAll(allowed === origin && withCredentials, session?.sameSite === 'none')
  return [
    ...allows(origin, allowed, withCredentials),
    ...(preflight !== undefined &&
    headerOf(preflight, 'access-control-allow-credentials') !== 'true' &&
    withCredentials
      ? [
          fault('cors_preflight', {
            says: 'The answer to the preflight request does not allow cookies, so a fetch with a body in JSON is not sent.',
            why: 'Browsers ask by OPTIONS first, and want the same headers there.',
            write: [`app.use(${corsLine(origin)})  // above the session and the routes, for OPTIONS too`],
          }),
        ]
      : []),
    ...(session !== undefined &&
    session.sameSite !== 'none' &&
    plan.origin &&
    !isSameSite(plan.origin, plan.page)
      ? [
          fault('cors_same_site', {
            says: `A fetch from ${origin} goes without the cookie.`,
            why: 'The two are different sites, and SameSite is Lax unless the cookie says None.',
            write: [
              cookieLine(library, {
                keepsake: `sameSite: 'none', partitioned: true`,
                option: `sameSite: 'none', secure: true, partitioned: true`,
                header: 'SameSite=None; Secure; Partitioned',
              }),
              'or serve both from one site',
            ],
          }),
        ]
      : []),
  ]
}

function allows(origin: string, allowed: string, withCredentials: boolean): readonly Finding[] {
  if (allowed !== origin)
    return [
      fault('cors_origin', {
        says: `A page of ${origin} gets no answer to its fetch.`,
        why:
          allowed === ''
            ? 'The answer has no Access-Control-Allow-Origin.'
            : 'Access-Control-Allow-Origin names another origin, or several.',
        write: [corsLine(origin), FETCH],
      }),
    ]
  if (!withCredentials)
    return [
      fault('cors_credentials', {
        says: `A page of ${origin} gets no answer to a fetch with cookies.`,
        why: 'The answer has no Access-Control-Allow-Credentials: true.',
        write: [corsLine(origin), FETCH],
      }),
    ]
  return [
    works('cors', { says: `A page of ${origin} may fetch with cookies.`, write: [FETCH] }),
    limit('fetch', {
      says: 'A fetch of another origin goes without cookies, unless it says otherwise.',
      write: [FETCH],
    }),
  ]
}

/** Nobody has asked for other origins. */
function openToAll(isOpen: boolean, isSentEverywhere: boolean): readonly Finding[] {
  if (!isOpen)
    return [
      limit('fetch', {
        says: 'A fetch from a page of another origin goes without cookies, and gets no answer that it may read.',
      }),
    ]
  return [
    (isSentEverywhere ? fault : limit)('cors_any_origin', {
      says: 'Any site may read this page with the cookies of its visitor.',
      why: 'Access-Control-Allow-Origin repeats whatever Origin says, and credentials are allowed.',
      write: [corsLine('https://app.example.com')],
    }),
  ]
}
