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
  /** Follows "The browser drops the cookie NAME: ". */
  readonly says: string
  readonly why: string
  readonly write: readonly string[]
}

const TEXTS: Readonly<Record<Refusal, (refused: Refused) => Text>> = {
  too_large: ({ cookie, library }) => ({
    says: `its name and value are ${sizeOf(cookie)} bytes long`,
    why: `Browsers silently drop cookies of more than ${MAX_COOKIE} bytes.`,
    write: [
      library === 'keepsake'
        ? 'createSessions({ store: … })'
        : 'session({ store: … })  // an id in the cookie, the data in a store',
    ],
  }),
  control_character: () => ({
    says: 'it holds a control character',
    why: 'Browsers reject cookies with a line break, tab or other control character.',
    write: ['encodeURIComponent(value)'],
  }),
  no_name: () => ({
    says: 'it has no name',
    why: 'The name is the text before the first =.',
    write: ['Set-Cookie: session=…; Path=/; HttpOnly'],
  }),
  prefix: ({ cookie, library }) => ({
    says: 'its attributes do not match the prefix of its name',
    why: /^__host/i.test(cookie.name)
      ? '__Host- requires Secure, Path=/ and no Domain.'
      : 'The prefix requires Secure; __Http- also requires HttpOnly.',
    write: [
      cookieLine(library, {
        keepsake: `name: 'session'`,
        option: /^__host/i.test(cookie.name) ? `secure: true, path: '/'` : 'secure: true, httpOnly: true',
        header: /^__host/i.test(cookie.name) ? 'Secure; Path=/' : 'Secure; HttpOnly',
      }),
      'leave out the domain; or leave out the prefix',
    ],
  }),
  foreign_domain: ({ cookie, url, library }) => ({
    says: `Domain=${domainIn(cookie)} is not a domain of ${url.hostname}`,
    why: /[:/]/.test(cookie.domain ?? '')
      ? 'A domain has neither a scheme nor a port.'
      : 'A host can set cookies only for itself and for its parent domains. (If it is the right domain in production, add --as https://HOST.)',
    write: [`leave out domain, or: ${cookieLine(library, domainFix(url.hostname))}`],
  }),
  public_suffix: ({ cookie, url, library }) => ({
    says: `Domain=${domainIn(cookie)} is a public suffix`,
    why: 'Unrelated sites share a public suffix, so browsers reject cookies for it.',
    write: [`leave out domain, or: ${cookieLine(library, domainFix(url.hostname))}`],
  }),
  insecure_origin: ({ url, library }) => ({
    says: `it is Secure, and ${url.origin} is plain http`,
    why: 'Over plain http, browsers keep Secure cookies on localhost only. (If production has an https proxy in front, add --proxy.)',
    write: [
      'serve it over https',
      `for development: ${cookieLine(library, {
        keepsake: `insecure: process.env.NODE_ENV !== 'production'`,
        option: `secure: process.env.NODE_ENV === 'production'`,
        header: 'no Secure',
      })}`,
    ],
  }),
  none_without_secure: ({ library }) => ({
    says: 'it has SameSite=None but not Secure',
    why: 'Browsers require Secure for SameSite=None.',
    write: [
      cookieLine(library, {
        keepsake: `sameSite: 'none', partitioned: true`,
        option: `sameSite: 'none', secure: true`,
        header: 'SameSite=None; Secure',
      }),
      `sameSite: 'lax', if no other site is involved`,
    ],
  }),
  partitioned_without_secure: ({ library }) => ({
    says: 'it is Partitioned but not Secure',
    why: 'Browsers require Secure for Partitioned cookies.',
    write: [
      cookieLine(library, {
        keepsake: 'partitioned: true',
        option: 'partitioned: true, secure: true',
        header: 'Partitioned; Secure',
      }),
    ],
  }),
}

/** Without the rest of a second cookie that was folded into the same line. */
const domainIn = ({ domain = '' }: SetCookie): string => (domain.split(',')[0] ?? '').slice(0, 100)

const domainFix = (hostname: string) => ({
  keepsake: `domain: '${hostname}'`,
  option: `domain: '${hostname}'`,
  header: `Domain=${hostname}`,
})

/** The cookies that a standards-compliant browser drops. For a cookie other than the session's it is only a limit. */
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
