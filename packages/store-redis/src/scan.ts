import { fieldOf } from '@keepsake/core/store'
import { isIoredis, isNodeRedis, type RedisClient } from './client.ts'

/** The keys of all records under a prefix, a few at a time; each without the prefix. */
export type Scan = (prefix: string) => AsyncIterable<readonly string[]>

/** Names that a server looks at in one step: well under a millisecond's work. */
const STEP = 250

interface NodeRedisNode {
  scan(
    cursor: string,
    options: { readonly MATCH: string; readonly COUNT: number },
  ): Promise<{ readonly cursor: unknown; readonly keys: readonly unknown[] }>
}
/** A cluster's client has the second two. */
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
/** A cluster's client has the second. */
interface Ioredis extends IoredisNode {
  nodes(role: 'master'): readonly IoredisNode[]
}

/** One step of one server: the cursor of the next step, which is `'0'` after the last one, and names of keys. */
type Step = (cursor: string, pattern: string) => Promise<readonly [cursor: string, names: readonly string[]]>

/** Goes through the keys of all primaries, where the client can; undefined where it cannot. */
export function scannerOf(client: RedisClient): Scan | undefined {
  const steps = stepsOf(client)
  return (
    steps &&
    async function* scan(prefix) {
      // Keys are hexadecimal, and what else is under the prefix has a name that begins otherwise.
      const pattern = `${prefix}[0-9a-f]*`
      for (const step of await steps()) {
        let cursor = '0'
        do {
          const [next, names] = await step(cursor, pattern)
          cursor = next
          yield names.flatMap((name) => KEY.exec(name.slice(prefix.length))?.[0] ?? [])
        } while (cursor !== '0')
      }
    }
  )
}

const KEY = /^[0-9a-f]{64}$/

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
    // The client's own prefix is put before keys, but not before patterns.
    const own = (node.options && fieldOf(node.options, 'keyPrefix')) ?? ''
    return async (cursor, pattern) => {
      const [next, names] = await node.scan(cursor, 'MATCH', escaped(own) + pattern, 'COUNT', STEP)
      return [next, names.map((name) => name.slice(own.length))]
    }
  })

const escaped = (text: string): string => text.replaceAll(/[\\*?[\]]/g, '\\$&')
