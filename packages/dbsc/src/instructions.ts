import type { DeviceHooks } from '@keepsake/core/adapter'

/** What a browser goes by: which cookie it renews, where, and for which of its requests. */
export const instructions = ({ refresh, cookie }: DeviceHooks, id: string): object => ({
  session_identifier: id,
  refresh_url: refresh,
  scope: scopeOf(cookie.attributes),
  credentials: [{ type: 'cookie', name: cookie.name, attributes: cookie.attributes }],
})

/**
 * A cookie that only its host gets must not hold up requests to other hosts of the site, which never see it. A whole site goes by
 * the name of its own host, whichever of its hosts has the login.
 */
function scopeOf(attributes: string): object {
  const domain = /(?:^|; )Domain=([^;]*)/.exec(attributes)?.[1]
  return domain === undefined ? { include_site: false } : { origin: `https://${domain}`, include_site: true }
}
