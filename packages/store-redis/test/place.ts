import { storeSuite } from '@keepsake/testing'
import { describe } from 'vitest'
import { redisStore } from '../src/index.ts'
import { type Connection, newPrefix } from './clients.ts'
import { dump } from './dump.ts'

/** Runs the suite of all stores through one kind of client; skipped if there are no servers. */
export function suiteOf(
  client: string,
  nodes: readonly string[],
  connect: () => Promise<Connection> | Connection,
  subscribers: 'separate' | 'the same',
): void {
  const describeThere = nodes.length > 0 ? describe : describe.skip
  describeThere(client, () => {
    storeSuite('redisStore', async () => {
      const prefix = newPrefix()
      const connections: Connection[] = []
      const open = async () => {
        const connection = await connect()
        const other = subscribers === 'the same' ? connection : await connect()
        connections.push(connection)
        if (other !== connection) connections.push(other)
        return redisStore(connection.client, { prefix, subscriber: other.client })
      }
      return {
        store: await open(),
        another: open,
        hasOwnClock: true,
        dump: () => dump(nodes, prefix),
        remove: async () => void (await Promise.all(connections.map(async ({ close }) => close()))),
      }
    })
  })
}
