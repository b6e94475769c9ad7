import { readOptionsOf } from '../base/options.ts'

/** The data that the browser deletes for the site: the types of `Clear-Site-Data`. */
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
   * Also ends every other session of the subject: with a store, or in sealed mode with `revocation`. Default false.
   */
  readonly everywhere?: boolean | undefined
  /**
   * Tells the browser to delete its data for the site (ASVS 14.3.1): `true` for cache, cookies and storage, or a list. Some
   * browsers take seconds to clear the cache. Not sent if the same response begins a new session. Default: none.
   */
  readonly clearSiteData?: boolean | readonly SiteData[] | undefined
}

/** The options of a logout, apart from the end of its own session. */
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

/** @throws {TypeError} for an unknown option. */
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
