import { type Case, settingOf } from '../case.ts'
import { type Exchange, headerOf, liveCookies } from '../exchange.ts'
import { type Finding, findingsOf } from '../finding.ts'
import { idIn, payloadOf } from '../session-cookie.ts'

const { fault, limit } = findingsOf('a-cache-or-a-clock-is-in-the-way')

const NO_STORE = `res.set('Cache-Control', 'no-store')  // or private, on every page that depends on the session`

export function caches(found: Case): readonly Finding[] {
  return [...cacheableCookie(found), ...fromCache(found), ...sameForAll(found), ...stalePage(found)]
}

/** Whether a shared cache may store the response. */
export function isShared(answer: Exchange): boolean {
  const control = ['cache-control', 'surrogate-control', 'cdn-cache-control']
    .map((name) => headerOf(answer, name))
    .filter((value) => value !== '')
  return control.some(
    (value) =>
      !/private|no-store|no-cache/.test(value) && /\bpublic\b|s-maxage=[1-9]|max-age=[1-9]/.test(value),
  )
}

const cameFromCache = (answer: Exchange): boolean =>
  Number(headerOf(answer, 'age')) > 0 ||
  /\bhit\b/.test(
    [headerOf(answer, 'x-cache'), headerOf(answer, 'cf-cache-status'), headerOf(answer, 'cache-status')].join(
      ' ',
    ),
  )

function cacheableCookie(found: Case): readonly Finding[] {
  const { session } = found
  if (session === undefined || !settingOf(found).some(isShared)) return []
  return [
    fault('cacheable_cookie', {
      says: `Caches may store the response that sets ${session.name}: a CDN would give one visitor's session to everyone.`,
      why: 'Cache-Control: public, s-maxage or max-age without private lets a shared cache store the page with its Set-Cookie.',
      write: [NO_STORE],
    }),
  ]
}

function fromCache({ visited, repeated, strangers }: Case): readonly Finding[] {
  const answers = [...visited, ...repeated, ...strangers]
  if (!answers.some(cameFromCache)) return []
  const isWithCookie = answers.some((answer) => cameFromCache(answer) && liveCookies(answer).length > 0)
  const found = {
    why: 'An Age, X-Cache or Cache-Status header shows that the response came from a cache, not from the application.',
    write: [NO_STORE, `Vary: Cookie`],
  }
  return isWithCookie
    ? [
        fault('cached_cookie', {
          says: 'A cache serves a page together with its cookie: visitors share a session.',
          ...found,
        }),
      ]
    : [
        fault('cached_page', {
          says: 'A cache responds instead of the application, which therefore neither reads nor sets the cookie.',
          ...found,
        }),
      ]
}

/** Two anonymous visitors got the same cookie, and its value is a session id. */
function sameForAll({ strangers, session }: Case): readonly Finding[] {
  const values = strangers.map(
    (answer) => answer.cookies.find(({ name }) => name === session?.name)?.value ?? '',
  )
  const [value = ''] = values
  const isId = value !== '' && payloadOf(value) === undefined && idIn(value) !== undefined
  if (!isId || values.length < 2 || values.some((one) => one !== value)) return []
  return [
    fault('same_for_all', {
      says: `Two unrelated visitors get the same cookie ${session?.name ?? ''}.`,
      why: "A cache serves one visitor's page to others, or the session id is generated once instead of once per visitor.",
      write: [NO_STORE],
    }),
  ]
}

/** A page that depends on the session, and that a cache may store without `Vary: Cookie`. */
function stalePage({ again, strangers, recognitions, repeated, session }: Case): readonly Finding[] {
  const pages = again.exchanges.filter((answer) => answer.status === 200)
  if (session === undefined || !recognitions.includes('known')) return []
  const differs = repeated.some((answer) => strangers.every(({ body }) => body !== answer.body))
  if (!differs) return []
  const shared = pages.find((page) => isShared(page) && !/cookie|\*/.test(headerOf(page, 'vary')))
  if (shared !== undefined && liveCookies(shared).length === 0)
    return [
      fault('cacheable_page', {
        says: 'The page depends on the session, but caches may store it and serve it to others.',
        why: 'It has Cache-Control: public or max-age, but no Vary: Cookie.',
        write: [NO_STORE],
      }),
    ]
  return pages.some((page) => /max-age=[1-9]/.test(headerOf(page, 'cache-control')))
    ? [
        limit('stale_page', {
          says: 'The page depends on the session, and the browser may show an outdated copy until max-age has passed.',
          why: 'It has Cache-Control: max-age.',
          write: [NO_STORE],
        }),
      ]
    : []
}
