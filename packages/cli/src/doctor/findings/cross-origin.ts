import { isSameSite } from '../browser.ts'
import type { Case } from '../case.ts'
import { headerOf, valuesOf } from '../exchange.ts'
import { cookieLine, type Finding, findingsOf } from '../finding.ts'

const { works, fault, limit } = findingsOf('another-site-origin-or-browser')

const FETCH = `fetch(url, { credentials: 'include' })  // in the page`
const corsLine = (origin: string): string => `cors({ origin: '${origin}', credentials: true })`

/** What a page of another origin can read with `fetch`. */
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
        says: 'A page of another origin cannot read the response to a fetch with cookies.',
        why: `Browsers refuse Access-Control-Allow-Origin: * for requests with credentials${withCredentials ? ', even with Access-Control-Allow-Credentials' : ''}.`,
        write: [corsLine(named), FETCH],
      }),
    ]
  if (allowed === '*')
    return [
      limit('cors_public', {
        says: 'Pages of any origin can fetch this page, but only without the session.',
        why: 'Access-Control-Allow-Origin: * is for requests without credentials.',
        write: [`if they need the session: ${corsLine(named)}`, FETCH],
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
            says: 'The preflight response does not allow cookies, so browsers do not send a fetch with a JSON body.',
            why: 'Browsers send an OPTIONS request first, and need the same CORS headers in its response.',
            write: [`app.use(${corsLine(origin)})  // above the session and the routes; handles OPTIONS too`],
          }),
        ]
      : []),
    ...(session !== undefined &&
    session.sameSite !== 'none' &&
    plan.origin &&
    !isSameSite(plan.origin, plan.page)
      ? [
          fault('cors_same_site', {
            says: `Browsers do not send the cookie with a fetch from ${origin}.`,
            why: 'The two are different sites, and the cookie does not have SameSite=None.',
            write: [
              cookieLine(library, {
                keepsake: `sameSite: 'none', partitioned: true`,
                option: `sameSite: 'none', secure: true, partitioned: true`,
                header: 'SameSite=None; Secure; Partitioned',
              }),
              'serve both from the same site',
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
        says: `A page of ${origin} cannot read the response to its fetch.`,
        why:
          allowed === ''
            ? 'The response has no Access-Control-Allow-Origin.'
            : 'Access-Control-Allow-Origin names another origin, or more than one.',
        write: [corsLine(origin), FETCH],
      }),
    ]
  if (!withCredentials)
    return [
      fault('cors_credentials', {
        says: `A page of ${origin} cannot read the response to a fetch with cookies.`,
        why: 'The response has no Access-Control-Allow-Credentials: true.',
        write: [corsLine(origin), FETCH],
      }),
    ]
  return [
    works('cors', { says: `A page of ${origin} can fetch with cookies.`, write: [FETCH] }),
    limit('fetch', {
      says: 'A fetch from another origin omits cookies unless it sets credentials.',
      write: [FETCH],
    }),
  ]
}

/** Without `--origin`: only whether every origin is allowed. */
function openToAll(isOpen: boolean, isSentEverywhere: boolean): readonly Finding[] {
  if (!isOpen)
    return [
      limit('fetch', {
        says: 'A page of another origin cannot read this page with fetch, and its fetch omits cookies.',
      }),
    ]
  return [
    (isSentEverywhere ? fault : limit)('cors_any_origin', {
      says: "Any site can read this page with the visitor's cookies.",
      why: 'Access-Control-Allow-Origin echoes the Origin header, and credentials are allowed.',
      write: [corsLine('https://app.example.com')],
    }),
  ]
}
