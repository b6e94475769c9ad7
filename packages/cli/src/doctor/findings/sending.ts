import { CHROME } from '../browser.ts'
import { type Case, settingOf } from '../case.ts'
import { liveCookies } from '../exchange.ts'
import { cookieLine, type Finding, findingsOf } from '../finding.ts'
import { cookiesFor, keptFrom, unsentFor } from '../jar.ts'
import { sizeOf } from '../set-cookie.ts'

const { fault, limit } = findingsOf('the-browser-does-not-send-the-cookie')

export function sending(found: Case): readonly Finding[] {
  return [...path(found), ...redirects(found), ...sameName(found), ...header(found)]
}

/** The browser keeps the cookie, but its path does not match the page. */
function path(found: Case): readonly Finding[] {
  const { plan, session, library } = found
  const answer = settingOf(found).find(({ url }) => url.hostname === plan.page.hostname)
  if (session === undefined || answer === undefined) return []
  const kept = keptFrom(session, answer.url, answer.receivedAt)
  if (unsentFor(kept, plan.page, CHROME) !== 'path')
    return kept.path === '/' || !plan.page.pathname.startsWith(kept.path)
      ? []
      : [
          limit('narrow_path', {
            says: `The session exists at ${kept.path} and below, but not on the rest of ${plan.page.hostname}.`,
            why: pathReason(session.path),
            write: [cookieLine(library, PATH)],
          }),
        ]
  return [
    fault('path', {
      says: `The browser keeps ${session.name} but does not send it to ${plan.page.pathname}: its path is ${kept.path}.`,
      why: pathReason(session.path),
      write: [cookieLine(library, PATH)],
    }),
  ]
}

const PATH = { keepsake: `path: '/'`, option: `path: '/'`, header: 'Path=/' }

const pathReason = (path: string | undefined): string =>
  path === undefined
    ? 'Without Path, a cookie belongs to the folder of the URL that set it.'
    : 'Browsers send a cookie to its path and below it; paths are case-sensitive.'

/** A session that starts on one host or scheme, and a redirect to another that does not get its cookie. */
function redirects({ plan, first, session, library }: Case): readonly Finding[] {
  const last = first.exchanges.at(-1)
  if (first.stopped === 'loop')
    return [
      fault('redirect_loop', {
        says: `The page redirects to itself endlessly, at ${last?.url.origin ?? ''}.`,
        why: plan.isProxied
          ? 'The application takes the proxy’s request for plain http, and keeps redirecting to https.'
          : 'The application redirects visitors without a session to a page that redirects them again; or it requires https.',
        write: [`app.set('trust proxy', 1)  // Express; Koa: app.proxy = true; Fastify: { trustProxy: 1 }`],
      }),
    ]
  if (session === undefined) return []
  const lost = first.exchanges.flatMap((answer, at) => {
    const next = first.exchanges[at + 1]
    const cookie = liveCookies(answer).find(({ name }) => name === session.name)
    if (next === undefined || cookie === undefined) return []
    const unsent = unsentFor(keptFrom(cookie, answer.url, answer.receivedAt), next.url, CHROME)
    return unsent === undefined || unsent === 'path' ? [] : [{ from: answer.url, to: next.url, unsent }]
  })
  return lost.slice(0, 1).map(({ from, to, unsent }) =>
    unsent === 'host'
      ? fault('redirect_host', {
          says: `${from.hostname} sets ${session.name} and redirects to ${to.hostname}, to which the browser does not send it.`,
          why: 'A cookie without Domain belongs to the host that set it.',
          write: [
            `redirect to ${to.hostname} before the session middleware runs`,
            cookieLine(library, domainOf(from, to)),
          ],
        })
      : fault('redirect_scheme', {
          says: `The application redirects from ${from.origin} to ${to.origin}, to which the browser does not send ${session.name}.`,
          why: 'Browsers do not send Secure cookies over plain http. The application does not know that it is behind an https proxy.',
          write: [
            `app.set('trust proxy', 1)  // Express; Koa: app.proxy = true; or redirect to a path, without a host`,
          ],
        }),
  )
}

function domainOf(from: URL, to: URL) {
  const domain = from.hostname.length < to.hostname.length ? from.hostname : to.hostname
  return { keepsake: `domain: '${domain}'`, option: `domain: '${domain}'`, header: `Domain=${domain}` }
}

/** Two cookies with the session's name but another path or domain: a server reads only one of them. */
function sameName({ plan, again, session, library }: Case): readonly Finding[] {
  const sent = cookiesFor(again.jar, plan.page, CHROME).filter(({ name }) => name === session?.name)
  if (sent.length < 2) return []
  const places = again.jar
    .filter(({ cookie }) => cookie.name === session?.name)
    .map(({ domain, isOfHost, path }) => `${isOfHost ? domain : `.${domain}`}${path}`)
  return [
    fault('same_name', {
      says: `The browser sends ${sent.length} cookies named ${session?.name ?? ''}, set for ${places.join(' and ')}.`,
      why: 'Their paths or domains differ, so neither replaces the other, and the application reads the wrong one.',
      write: [
        library === 'keepsake'
          ? 'createSessions({ cookie: { previous: [{ … }] } })  // how it was defined before'
          : 'use the same path and domain wherever it is set; or another name, such as name: "shop.sid"',
      ],
    }),
  ]
}

/** The header size in bytes that nginx and others accept. */
const MAX_HEADER = 8190

function header({ plan, again }: Case): readonly Finding[] {
  const sent = cookiesFor(again.jar, plan.page, CHROME)
  const size = sent.reduce((sum, cookie) => sum + sizeOf(cookie) + 3, 0)
  if (size <= MAX_HEADER) return []
  return [
    limit('large_header', {
      says: `The browser sends ${size} bytes of cookies with each request.`,
      why: `Many proxies reject headers of more than ${MAX_HEADER} bytes, with 400 or 431.`,
      write: ['large_client_header_buffers 4 32k;  # nginx; or keep less in cookies'],
    }),
  ]
}
