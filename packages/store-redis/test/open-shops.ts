import { type LoadedShops, openShops, type Outcome } from '@keepsake/test-services'
import { newPrefix } from './clients.ts'

/** The time before a primary's death whose writes an asynchronous replica may have missed on a busy machine. */
export const WINDOW_MS = 1000

/** Processes of the shop over `redisStore`, through one kind of client. */
export const openRedisShops = (
  client: string,
  nodes: readonly string[],
  count = 2,
  timeLimit = 2000,
): Promise<LoadedShops> =>
  openShops(
    new URL('shop.ts', import.meta.url),
    { CLIENT: client, NODES: nodes.join(), PREFIX: newPrefix() },
    count,
    timeLimit,
  )

/** The responses of two processes of the shop while something happens to their servers. */
export async function duringFault(
  client: string,
  nodes: readonly string[],
  happen: () => Promise<unknown>,
): Promise<Outcome> {
  const shops = await openRedisShops(client, nodes)
  try {
    return await shops.during(happen)
  } finally {
    await shops.stop()
  }
}
