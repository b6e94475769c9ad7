import { CHROME, MAX_COOKIE, type Refusal, refusalsOf } from '../browser.ts'
import type { Case } from '../case.ts'
import { cookieLine, type Finding, findingsOf } from '../finding.ts'
import type { Library } from '../session-cookie.ts'
import { liveCookies } from '../exchange.ts'
import { type SetCookie, sizeOf } from '../set-cookie.ts'

const { fault, limit } = findingsOf('the-browser-does-not-keep-the-cookie')

interface Refused {
  readonly cookie: SetCookie
  readonly url: URL
  readonly library: Library
}

interface Text {
  /** After "The browser drops the cookie NAME: ". */
  readonly says: string
  readonly why: string
  readonly write: readonly string[]
}

const TEXTS: Readonly<Record<Refusal, (refused: Refused) => Text>> = {
  too_large: ({ cookie, library }) => ({
    says: `its name and value have ${sizeOf(cookie)} bytes`,
    why: `Browsers keep no cookie of more than ${MAX_COOKIE} bytes, and say nothing.`,
    write: [
      library === 'keepsake'
        ? 'createSessions({ store: … })'
        : 'session({ store: … })  // an id in the cookie, the data in a store',
    ],
  }),
  control_character: () => ({
    says: 'it holds a control character',
    why: 'Browsers take no line end, tab or other control character in a cookie.',
    write: ['encodeURIComponent(value)'],
  }),
  no_name: () => ({
    says: 'it has no name',
    why: 'What stands before the first = is the name.',
    write: ['Set-Cookie: session=…; Path=/; HttpOnly'],
  }),
  prefix: ({ cookie, library }) => ({
    says: 'its attributes do not fit the prefix of its name',
    why: /^__host/i.test(cookie.name)
      ? '__Host- demands Secure, Path=/ and no Domain.'
      : 'The prefix demands Secure, and __Http- also HttpOnly.',
    write: [
      cookieLine(library, {
        keepsake: `name: 'session'`,
        option: /^__host/i.test(cookie.name) ? `secure: true, path: '/'` : 'secure: true, httpOnly: true',
        header: /^__host/i.test(cookie.name) ? 'Secure; Path=/' : 'Secure; HttpOnly',
      }),
      'or leave out the prefix; and leave out the domain',
    ],
  }),
  foreign_domain: ({ cookie, url, library }) => ({
    says: `Domain=${domainIn(cookie)} is not a domain of ${url.hostname}`,
    why: /[:/]/.test(cookie.domain ?? '')
      ? 'A domain has neither a scheme nor a port.'
      : 'A host sets cookies for itself and for the domains that it is part of. (Is it the right one in production? Then ask with --as https://HOST.)',
    write: [`leave out domain, or: ${cookieLine(library, domainFix(url.hostname))}`],
  }),
  public_suffix: ({ cookie, url, library }) => ({
    says: `Domain=${domainIn(cookie)} belongs to nobody alone`,
    why: 'Browsers take no cookie for a public suffix, under which strangers have their sites.',
    write: [`leave out domain, or: ${cookieLine(library, domainFix(url.hostname))}`],
  }),
  insecure_origin: ({ url, library }) => ({
    says: `it is Secure, and ${url.origin} is plain http`,
    why: 'Browsers keep Secure cookies over https, and over plain http on the machine itself only. (Is there a proxy that speaks https before it? Then ask with --proxy.)',
    write: [
      'serve it over https',
      `to develop: ${cookieLine(library, {
        keepsake: `insecure: process.env.NODE_ENV !== 'production'`,
        option: `secure: process.env.NODE_ENV === 'production'`,
        header: 'no Secure',
      })}`,
    ],
  }),
  none_without_secure: ({ library }) => ({
    says: 'SameSite=None stands without Secure',
    why: 'What goes to other sites has to go over https.',
    write: [
      cookieLine(library, {
        keepsake: `sameSite: 'none', partitioned: true`,
        option: `sameSite: 'none', secure: true`,
        header: 'SameSite=None; Secure',
      }),
      `or, where no other site is concerned, sameSite: 'lax'`,
    ],
  }),
  partitioned_without_secure: ({ library }) => ({
    says: 'Partitioned stands without Secure',
    why: 'A cookie that is kept apart for each site has to be Secure.',
    write: [
      cookieLine(library, {
        keepsake: 'partitioned: true',
        option: 'partitioned: true, secure: true',
        header: 'Partitioned; Secure',
      }),
    ],
  }),
}

/** Two lines that were folded into one have another cookie behind it. */
const domainIn = ({ domain = '' }: SetCookie): string => (domain.split(',')[0] ?? '').slice(0, 100)

const domainFix = (hostname: string) => ({
  keepsake: `domain: '${hostname}'`,
  option: `domain: '${hostname}'`,
  header: `Domain=${hostname}`,
})

/** What a browser that follows the specification does not keep. Another cookie than the session's is told of in passing. */
export function refused({ visited, session, library }: Case): readonly Finding[] {
  const all = visited.flatMap((answer) =>
    liveCookies(answer).flatMap((cookie) =>
      refusalsOf(cookie, answer.url, CHROME).map((refusal) => ({ refusal, cookie, url: answer.url })),
    ),
  )
  const once = new Map(all.map((one) => [`${one.cookie.name} ${one.refusal}`, one]))
  return [...once.values()].map(({ refusal, cookie, url }) => {
    const { says, why, write } = TEXTS[refusal]({ cookie, url, library })
    const told = { says: `The browser drops the cookie ${cookie.name}: ${says}.`, why, write }
    return cookie.name === session?.name ? fault(refusal, told) : limit(refusal, told)
  })
}
