import { CHROME, isLoopback, refusalsOf, SAFARI } from '../browser.ts'
import { type Case, settingOf } from '../case.ts'
import { cookieLine, type Finding, findingsOf } from '../finding.ts'
import { type Kept, keptFrom, unsentFor } from '../jar.ts'

const { works, fault, limit } = findingsOf('another-site-origin-or-browser')

/** Where else the session's cookie goes: other browsers, schemes, hosts and sites. */
export function places(found: Case): readonly Finding[] {
  const [answer] = settingOf(found)
  if (found.session === undefined || answer === undefined) return []
  // A cookie that is nowhere needs no list of places.
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
            why: 'It takes Secure cookies over https only, on the machine itself, too.',
            write: [`to develop: ${cookieLine(library, INSECURE)}`],
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
            says: `${session.name} goes over plain http as well, where everybody on the way can read it.`,
            write: ['secure: true'],
          }),
        ]
      : [works('any_scheme', { says: 'It is there over http and over https.' })]
  if (page.protocol === 'https:')
    return [
      limit('https_only', {
        says: `Over http://${kept.domain} it is not sent, as is right for a Secure cookie.`,
      }),
    ]
  return [
    works('https', { says: 'Behind https the same cookie is kept and sent.' }),
    ...(isLoopback(page)
      ? [
          limit('other_devices', {
            says: 'From another device, by the address of this machine over plain http, no browser keeps it.',
            why: 'It is Secure.',
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
      works('subdomains', { says: `${plan.subdomain ?? `Each host below ${kept.domain}`} gets it too.` }),
    ]
  const domain = host.split('.').slice(1).join('.')
  const common = host.endsWith(`.${kept.domain}`) ? kept.domain : domain
  return [
    (plan.subdomain === undefined ? limit : fault)('subdomain', {
      says: `${plan.subdomain ?? `A host below ${kept.domain}`} does not get it.`,
      why: unsent === 'host' ? 'The cookie belongs to one host.' : 'It is Secure, and goes over https there.',
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
    return [works('other_sites', { says: 'Who comes from another site has the session.' })]
  if (sameSite === 'lax')
    return [
      limit('posts', {
        says: 'Who follows a link from another site has the session; a form that another site posts comes without.',
        why: 'SameSite=Lax.',
      }),
    ]
  return [
    limit('strict', {
      says: 'Who follows a link from another site, or comes back from a login there, seems to be logged out at first.',
      why: 'SameSite=Strict keeps the cookie from all that another site began.',
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

/** In a frame of another site. */
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
        says: 'In a frame of another site there is no session.',
        why: `${session.sameSite === 'strict' ? 'SameSite=Strict' : 'SameSite=Lax, which is also the default,'} keeps the cookie from requests of other sites.`,
        write,
      }),
    ]
  return session.partitioned
    ? [works('frame', { says: 'In a frame of another site it works, with a session apart for each site.' })]
    : [
        make('frame_partly', {
          says: 'In a frame of another site the session is there in some browsers only.',
          why: 'Safari and Firefox, and Chrome in private windows, keep cookies of third parties only where they are Partitioned.',
          write,
        }),
      ]
}

/** Whether the application itself names other sites that may show it. */
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
      says: `Scripts of the page can read ${session.name}, and so can those that somebody smuggles in.`,
      write: ['httpOnly: true'],
    }),
  ]
}
