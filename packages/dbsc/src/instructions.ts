import type { DeviceHooks } from '@keepsake/core/adapter'

/**
 * The instructions for a browser: which cookie it refreshes, where, and before which requests. A cookie of a single host must
 * not delay requests to other hosts of the site, which never get it.
 */
export const instructions = ({ refresh, cookie }: DeviceHooks, id: string): object => ({
  session_identifier: id,
  refresh_url: refresh,
  scope: { include_site: /(?:^|; )Domain=/.test(cookie.attributes) },
  credentials: [{ type: 'cookie', name: cookie.name, attributes: cookie.attributes }],
})
