import { type LoadedShops, openShops, type Outcome } from '@keepsake/test-services'
import { newPrefix } from './clients.ts'

/** What an asynchronous replica may not have had yet when its primary died, with a machine that is busy. */
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

/** What two processes of the shop answer while something happens to their servers. */
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
