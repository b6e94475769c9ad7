import { fieldOf, unpackKey } from '@keepsake/core/store'
import { isIoredis, isNodeRedis, type RedisClient } from './client.ts'

/** The keys of all records under a prefix, a few at a time; each without the prefix. */
export type Scan = (prefix: string) => AsyncIterable<readonly string[]>

/** The number of names that a server checks in one step, in well under a millisecond. */
const STEP = 250

interface NodeRedisNode {
  scan(
    cursor: string,
    options: { readonly MATCH: string; readonly COUNT: number },
  ): Promise<{ readonly cursor: unknown; readonly keys: readonly unknown[] }>
}
/** Only a cluster's client has the last two. */
interface NodeRedis extends NodeRedisNode {
  readonly masters: readonly unknown[]
  nodeClient(master: unknown): Promise<NodeRedisNode>
}

interface IoredisNode {
  scan(
    cursor: string,
    match: 'MATCH',
    pattern: string,
    count: 'COUNT',
    step: number,
  ): Promise<readonly [string, readonly string[]]>
  readonly options?: { readonly keyPrefix?: string | undefined }
}
/** Only a cluster's client has the last one. */
interface Ioredis extends IoredisNode {
  nodes(role: 'master'): readonly IoredisNode[]
}

/** One step on one server. Returns the cursor of the next step, which is `'0'` after the last one, and names of keys. */
type Step = (cursor: string, pattern: string) => Promise<readonly [cursor: string, names: readonly string[]]>

/** Scans the keys of all primaries; undefined if the client cannot. */
export function scannerOf(client: RedisClient): Scan | undefined {
  const steps = stepsOf(client)
  return (
    steps &&
    async function* scan(prefix) {
      const pattern = `${prefix}*`
      for (const step of await steps()) {
        let cursor = '0'
        do {
          const [next, names] = await step(cursor, pattern)
          cursor = next
          yield names.flatMap((name) => unpackKey(name.slice(prefix.length)) ?? [])
        } while (cursor !== '0')
      }
    }
  )
}

function stepsOf(client: RedisClient & Partial<NodeRedis> & Partial<Ioredis>) {
  if (fieldOf(client, 'scan') === undefined && fieldOf(client, 'nodeClient') === undefined) return undefined
  if (isNodeRedis(client)) return () => nodeRedisSteps(client as unknown as NodeRedis)
  return isIoredis(client) ? async () => ioredisSteps(client as unknown as Ioredis) : undefined
}

async function nodeRedisSteps(client: NodeRedis): Promise<Step[]> {
  const isCluster = fieldOf(client, 'nodeClient') !== undefined
  const nodes = isCluster
    ? await Promise.all(client.masters.map((master) => client.nodeClient(master)))
    : [client]
  return nodes.map((node) => async (cursor, MATCH) => {
    const found = await node.scan(cursor, { MATCH, COUNT: STEP })
    return [String(found.cursor), found.keys.map(String)]
  })
}

const ioredisSteps = (client: Ioredis): Step[] =>
  (fieldOf(client, 'nodes') === undefined ? [client] : client.nodes('master')).map((node) => {
    // The client adds its own prefix to keys, but not to patterns.
    const own = (node.options && fieldOf(node.options, 'keyPrefix')) ?? ''
    return async (cursor, pattern) => {
      const [next, names] = await node.scan(cursor, 'MATCH', escaped(own) + pattern, 'COUNT', STEP)
      return [next, names.map((name) => name.slice(own.length))]
    }
  })

const escaped = (text: string): string => text.replaceAll(/[\\*?[\]]/g, '\\$&')
