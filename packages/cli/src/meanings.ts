import type { Attribute } from './pasted.ts'

const MEANINGS: Readonly<Record<string, (value: string) => string>> = {
  path: (value) =>
    value === '/' ? 'sent with every request to the host' : `sent for ${value} and paths below it`,
  domain: (value) => `sent to ${value} and every host below it`,
  secure: () => 'sent over https only, and to localhost',
  httponly: () => 'no script of a page can read it',
  samesite: (value) => SAME_SITE[value.toLowerCase()] ?? 'an unknown value: browsers treat it as Lax',
  'max-age': (value) => (Number(value) <= 0 ? 'deletes it' : `kept for ${value} seconds`),
  expires: (value) => (Date.parse(value) <= 0 ? 'deletes it' : 'kept until then, unless Max-Age is set'),
  partitioned: () => 'stored separately for each site that embeds this host in a frame',
  priority: () => 'which cookies Chromium drops last when there are too many',
}

const SAME_SITE: Readonly<Record<string, string>> = {
  lax: 'not sent with requests from other sites, except when a link is followed',
  strict: 'not sent with any request that another site started',
  none: 'also sent with requests from other sites',
}

/** What an attribute of a `Set-Cookie` line means to a browser (rfc6265bis §5.6). */
export const meaningOf = ({ name, value }: Attribute): string =>
  MEANINGS[name.toLowerCase()]?.(value) ?? 'not an attribute that browsers know'

/** What a cookie's name promises by its prefix (rfc6265bis §4.1.3), or undefined. */
export function prefixMeaning(name: string): string | undefined {
  if (name.startsWith('__Host-'))
    return '__Host-: browsers accept it only from this host, Secure and with Path=/'
  if (name.startsWith('__Secure-')) return '__Secure-: browsers accept it only with Secure'
  return undefined
}
