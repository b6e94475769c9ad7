import type { DeviceHooks } from '@keepsake/core/adapter'

/** The instructions for a browser: which cookie it refreshes, where, and before which requests. */
export const instructions = ({ refresh, cookie }: DeviceHooks, id: string): object => ({
  session_identifier: id,
  refresh_url: refresh,
  scope: scopeOf(cookie.attributes),
  credentials: [{ type: 'cookie', name: cookie.name, attributes: cookie.attributes }],
})

/**
 * A cookie of a single host must not delay requests to other hosts of the site, which never get it. A scope of the whole site is
 * named by the cookie's domain, whichever of its hosts has the login.
 */
function scopeOf(attributes: string): object {
  const domain = /(?:^|; )Domain=([^;]*)/.exec(attributes)?.[1]
  return domain === undefined ? { include_site: false } : { origin: `https://${domain}`, include_site: true }
}
