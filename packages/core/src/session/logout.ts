import { readOptionsOf } from '../base/options.ts'

/** What of a site the browser shall forget; the types of `Clear-Site-Data`. */
export type SiteData =
  | 'cache'
  | 'cookies'
  | 'storage'
  | 'executionContexts'
  | 'clientHints'
  | 'prefetchCache'
  | 'prerenderCache'
  | '*'

export interface LogoutOptions {
  /**
   * Ends every other session of the subject too: with a store, or in sealed mode with `revocation`. Default false.
   */
  readonly everywhere?: boolean | undefined
  /**
   * Has the browser forget what it keeps of the site (ASVS 14.3.1): `true` for cache, cookies and storage, or a list.
   * Some browsers take seconds for the cache. Not sent where a new session begins with the same response. Default: none.
   */
  readonly clearSiteData?: boolean | readonly SiteData[] | undefined
}

/** What a logout asks for besides the end of its own session. */
export interface LogoutRequest {
  /** Whose sessions end. */
  readonly everywhere: string | undefined
  /** The value of `Clear-Site-Data`. */
  readonly clearSiteData: string | undefined
}

const SITE_DATA: readonly SiteData[] = [
  'cache',
  'cookies',
  'storage',
  'executionContexts',
  'clientHints',
  'prefetchCache',
  'prerenderCache',
  '*',
]

/** @throws {TypeError} for an option that is none. */
export function readLogout(options: LogoutOptions, subject: string | undefined): LogoutRequest {
  const own = readOptionsOf('session.logout', options, ['everywhere', 'clearSiteData'])
  const { everywhere = false, clearSiteData = false } = own
  if (typeof everywhere !== 'boolean')
    throw new TypeError('session.logout: everywhere: expected true or false')
  return { everywhere: everywhere ? subject : undefined, clearSiteData: readSiteData(clearSiteData) }
}

function readSiteData(value: unknown): string | undefined {
  if (value === false) return undefined
  const types: readonly unknown[] | undefined =
    value === true ? ['cache', 'cookies', 'storage'] : Array.isArray(value) ? value : undefined
  if (types === undefined || !types.every((type) => SITE_DATA.some((known) => known === type))) {
    throw new TypeError(`session.logout: clearSiteData: expected true, or a list of ${SITE_DATA.join(', ')}`)
  }
  return types.length === 0 ? undefined : types.map((type) => `"${String(type)}"`).join(', ')
}
