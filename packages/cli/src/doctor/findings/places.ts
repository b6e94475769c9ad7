import { CHROME, isLoopback, refusalsOf, SAFARI } from '../browser.ts'
import { type Case, settingOf } from '../case.ts'
import { cookieLine, type Finding, findingsOf } from '../finding.ts'
import { type Kept, keptFrom, unsentFor } from '../jar.ts'

const { works, fault, limit } = findingsOf('another-site-origin-or-browser')

/** Where else the cookie works: in other browsers, over another scheme, on other hosts and from other sites. */
export function places(found: Case): readonly Finding[] {
  const [answer] = settingOf(found)
  if (found.session === undefined || answer === undefined) return []
  // If the browser does not keep the cookie, there is nothing to list.
  if (refusalsOf(found.session, answer.url, CHROME).length > 0) return []
  const kept = keptFrom(found.session, answer.url, answer.receivedAt)
  return [
    ...browsers(found, answer.url, kept),
    ...plainHttp(found, kept),
    ...subdomain(found, kept),
    ...otherSites(found),
    ...frame(found),
    ...scripts(found),
  ]
}

const INSECURE = {
  keepsake: `insecure: process.env.NODE_ENV !== 'production'`,
  option: `secure: process.env.NODE_ENV === 'production'`,
  header: 'no Secure',
}

function browsers({ plan, session, library }: Case, url: URL, kept: Kept): readonly Finding[] {
  if (session === undefined) return []
  if (unsentFor(kept, plan.page, CHROME) !== undefined || kept.endsAt <= Date.now()) return []
  const isInSafari = refusalsOf(session, url, SAFARI).length === 0
  const all = isInSafari ? 'Chrome, Edge, Firefox and Safari keep' : 'Chrome, Edge and Firefox keep'
  return [
    works('kept', { says: `${all} ${session.name} from ${url.origin}, and send it back.` }),
    ...(isInSafari
      ? []
      : [
          limit('safari', {
            says: `Safari drops ${session.name} from ${url.origin}.`,
            why: 'Safari keeps Secure cookies over https only, even on localhost.',
            write: [`for development: ${cookieLine(library, INSECURE)}`],
          }),
        ]),
  ]
}

function plainHttp({ plan, session }: Case, kept: Kept): readonly Finding[] {
  const { page } = plan
  if (session === undefined) return []
  if (!session.secure)
    return page.protocol === 'https:'
      ? [
          limit('not_secure', {
            says: `${session.name} is also sent over plain http, where anyone on the network path can read it.`,
            write: ['secure: true'],
          }),
        ]
      : [works('any_scheme', { says: 'The browser sends the cookie over http and over https.' })]
  if (page.protocol === 'https:')
    return [
      limit('https_only', {
        says: `The browser does not send it to http://${kept.domain}, as intended for a Secure cookie.`,
      }),
    ]
  return [
    works('https', { says: 'Behind https, browsers keep and send the same cookie.' }),
    ...(isLoopback(page)
      ? [
          limit('other_devices', {
            says: "On another device that opens this machine's address over plain http, no browser keeps the cookie.",
            why: 'The cookie is Secure.',
          }),
        ]
      : []),
  ]
}

function subdomain({ plan, library }: Case, kept: Kept): readonly Finding[] {
  const host = plan.subdomain ?? `app.${kept.domain}`
  const url = new URL(plan.page)
  url.hostname = host
  if (/^[\d.]+$|:/.test(kept.domain)) return []
  const unsent = unsentFor({ ...kept, path: '/' }, url, CHROME)
  if (unsent === undefined)
    return [
      works('subdomains', {
        says: `${plan.subdomain ?? `Each host below ${kept.domain}`} gets the cookie too.`,
      }),
    ]
  const domain = host.split('.').slice(1).join('.')
  const common = host.endsWith(`.${kept.domain}`) ? kept.domain : domain
  return [
    (plan.subdomain === undefined ? limit : fault)('subdomain', {
      says: `${plan.subdomain ?? `A host below ${kept.domain}`} does not get the cookie.`,
      why:
        unsent === 'host'
          ? 'The cookie belongs to one host.'
          : 'The cookie is Secure, and is sent over https only.',
      write: [
        cookieLine(library, {
          keepsake: `domain: '${common}'`,
          option: `domain: '${common}'`,
          header: `Domain=${common}`,
        }),
      ],
    }),
  ]
}

function otherSites({ session, library }: Case): readonly Finding[] {
  const sameSite = session?.sameSite ?? 'lax'
  if (sameSite === 'none')
    return [works('other_sites', { says: 'Requests that come from another site have the session.' })]
  if (sameSite === 'lax')
    return [
      limit('posts', {
        says: 'A visitor who follows a link from another site has the session; a form posted by another site does not.',
        why: 'The cookie has SameSite=Lax.',
      }),
    ]
  return [
    limit('strict', {
      says: 'A visitor who follows a link from another site, or returns from a login there, appears logged out on the first page.',
      why: 'With SameSite=Strict, browsers omit the cookie from every request that another site started.',
      write: [
        cookieLine(library, {
          keepsake: `sameSite: 'lax'`,
          option: `sameSite: 'lax'`,
          header: 'SameSite=Lax',
        }),
      ],
    }),
  ]
}

/** In a frame on another site. */
function frame(found: Case): readonly Finding[] {
  const { session, library, plan } = found
  if (session === undefined) return []
  const make = plan.isFramed || isMeantForFrames(found) ? fault : limit
  const write = [
    cookieLine(library, {
      keepsake: `sameSite: 'none', partitioned: true`,
      option: `sameSite: 'none', secure: true, partitioned: true`,
      header: 'SameSite=None; Secure; Partitioned',
    }),
  ]
  if (session.sameSite !== 'none')
    return [
      make('frame', {
        says: 'In a frame on another site there is no session.',
        why: `${session.sameSite === 'strict' ? 'SameSite=Strict' : 'SameSite=Lax, which is also the default,'} withholds the cookie from requests of other sites.`,
        write,
      }),
    ]
  return session.partitioned
    ? [
        works('frame', {
          says: 'It works in a frame on another site, with a separate session for each site.',
        }),
      ]
    : [
        make('frame_partly', {
          says: 'In a frame on another site the session works in some browsers only.',
          why: 'Safari, Firefox and private windows of Chrome keep third-party cookies only if they are Partitioned.',
          write,
        }),
      ]
}

/** Whether the application's own frame-ancestors allows other sites to frame it. */
const isMeantForFrames = ({ visited, plan }: Case): boolean =>
  visited.some(({ fields }) =>
    fields.some(
      ([name, value]) =>
        name === 'content-security-policy' &&
        (/frame-ancestors([^;]*)/.exec(value)?.[1] ?? '')
          .trim()
          .split(/\s+/)
          .some((source) => /^https?:|\*|\.\w/.test(source) && !source.includes(plan.page.hostname)),
    ),
  )

function scripts({ session }: Case): readonly Finding[] {
  if (session === undefined || session.httpOnly) return []
  return [
    limit('scripts', {
      says: `Scripts on the page can read ${session.name}, including injected ones (XSS).`,
      write: ['httpOnly: true'],
    }),
  ]
}
