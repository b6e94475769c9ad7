import { createNextSession, type Sessions } from '@keepsake/next'
import type { ShopSession } from 'example-shop'

/**
 * Next bundles an application's modules, but not the server that starts the shop. They share values through the global
 * object.
 */
export interface Shared {
  shopSessions?: Sessions<ShopSession>
}

export function sharedSessions(): Sessions<ShopSession> {
  const { shopSessions } = globalThis as Shared
  if (shopSessions === undefined)
    throw new Error('start the shop with src/server.ts, which creates its sessions')
  return shopSessions
}

export const { getSession, withSession } = createNextSession(sharedSessions)
