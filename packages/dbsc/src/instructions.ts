import type { DeviceHooks } from '@keepsake/core/adapter'

/**
 * What a browser goes by: which cookie it renews, where, and for which of its requests. A cookie that only its host gets must not
 * hold up requests to other hosts of the site, which never see it.
 */
export const instructions = ({ refresh, cookie }: DeviceHooks, id: string): object => ({
  session_identifier: id,
  refresh_url: refresh,
  scope: { include_site: /(?:^|; )Domain=/.test(cookie.attributes) },
  credentials: [{ type: 'cookie', name: cookie.name, attributes: cookie.attributes }],
})
