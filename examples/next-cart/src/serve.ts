import { createSessions } from '@keepsake/core'
import { openShop, type ShopSession } from 'example-shop'
import next from 'next'
import type { Shared } from './session.ts'

/** Starts a shop that `next build` has built in this directory. */
export const serveNext = (dir: string, scope: 'cart' | 'login'): Promise<void> =>
  openShop({ framework: 'Next.js', scope }, async (keeping) => {
    ;(globalThis as Shared).shopSessions = createSessions<ShopSession>(keeping)
    const app = next({ dir, dev: false })
    await app.prepare()
    return app.getRequestHandler()
  })
