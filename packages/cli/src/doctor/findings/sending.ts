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

/** The cookie is kept, and is for other paths than the page's. */
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
            says: `The session is there at ${kept.path} and below it, and not on the rest of ${plan.page.hostname}.`,
            why: pathReason(session.path),
            write: [cookieLine(library, PATH)],
          }),
        ]
  return [
    fault('path', {
      says: `The browser keeps ${session.name} and does not send it to ${plan.page.pathname}, for it is a cookie of ${kept.path}.`,
      why: pathReason(session.path),
      write: [cookieLine(library, PATH)],
    }),
  ]
}

const PATH = { keepsake: `path: '/'`, option: `path: '/'`, header: 'Path=/' }

const pathReason = (path: string | undefined): string =>
  path === undefined
    ? 'Without Path it belongs to the folder of the address that has set it.'
    : 'A cookie goes with requests to its path and what is below; capitals count.'

/** A session that began on one address, and a redirect to another where it does not count. */
function redirects({ plan, first, session, library }: Case): readonly Finding[] {
  const last = first.exchanges.at(-1)
  if (first.stopped === 'loop')
    return [
      fault('redirect_loop', {
        says: `The page leads back to itself, redirect after redirect, at ${last?.url.origin ?? ''}.`,
        why: plan.isProxied
          ? 'The application takes the proxy’s request for plain http, and sends the visitor to https, for ever.'
          : 'The application sends away who has no session, to a page that does the same; or it wants https.',
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
          says: `${from.hostname} sets ${session.name} and sends the visitor to ${to.hostname}, where the browser does not send it.`,
          why: 'A cookie without Domain belongs to the one host that has set it.',
          write: [
            `redirect to ${to.hostname} before the session middleware`,
            `or: ${cookieLine(library, domainOf(from, to))}`,
          ],
        })
      : fault('redirect_scheme', {
          says: `The application sends the visitor from ${from.origin} to ${to.origin}, where the browser does not send ${session.name}.`,
          why: 'A Secure cookie does not go over plain http. The application does not know that it is behind https.',
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

/** Two of the session's name, for two paths or domains: a server reads one of them. */
function sameName({ plan, again, session, library }: Case): readonly Finding[] {
  const sent = cookiesFor(again.jar, plan.page, CHROME).filter(({ name }) => name === session?.name)
  if (sent.length < 2) return []
  const places = again.jar
    .filter(({ cookie }) => cookie.name === session?.name)
    .map(({ domain, isOfHost, path }) => `${isOfHost ? domain : `.${domain}`}${path}`)
  return [
    fault('same_name', {
      says: `The browser sends ${sent.length} cookies of the name ${session?.name ?? ''}, of ${places.join(' and ')}.`,
      why: 'They have different paths or domains, so neither takes the place of the other, and the application reads the wrong one.',
      write: [
        library === 'keepsake'
          ? 'createSessions({ cookie: { previous: [{ … }] } })  // says how it was defined before'
          : 'one path and one domain wherever it is set; or another name, such as name: "shop.sid"',
      ],
    }),
  ]
}

/** Bytes that nginx and others take for one header. */
const MAX_HEADER = 8190

function header({ plan, again }: Case): readonly Finding[] {
  const sent = cookiesFor(again.jar, plan.page, CHROME)
  const size = sent.reduce((sum, cookie) => sum + sizeOf(cookie) + 3, 0)
  if (size <= MAX_HEADER) return []
  return [
    limit('large_header', {
      says: `The browser sends ${size} bytes of cookies with each request.`,
      why: `Many proxies refuse a header of more than ${MAX_HEADER} bytes, with 400 or 431.`,
      write: ['large_client_header_buffers 4 32k;  # nginx; or keep less in cookies'],
    }),
  ]
}
