import { createNextSession, type Sessions } from '@keepsake/next'
import type { ShopSession } from 'example-shop'

/**
 * Next bundles an application's modules, and the server that opens the shop is none of them. What they share is on the global
 * object.
 */
export interface Shared {
  shopSessions?: Sessions<ShopSession>
}

export function sharedSessions(): Sessions<ShopSession> {
  const { shopSessions } = globalThis as Shared
  if (shopSessions === undefined) throw new Error('open the shop by src/server.ts, which has its sessions')
  return shopSessions
}

export const { getSession, withSession } = createNextSession(sharedSessions)
