import { ConfigError, type Store, type StoredRecord } from '@keepsake/core'
import { packKey, readOptions, unpackKey } from '@keepsake/core/store'
import { commandsOf, type RedisClient } from './client.ts'
import { deadlineOf, format, listedUntil, parse, textOf, type Value } from './record.ts'
import { DELETE, LIST, LISTED, REPLACE, UNLIST } from './scripts.ts'
import { scannerOf } from './scan.ts'
import { type RedisSubscriber, watchBy } from './subscriber.ts'

export type { IoredisSubscriber, NodeRedisSubscriber, RedisSubscriber } from './subscriber.ts'
export type { IoredisClient, NodeRedisClient, RedisClient } from './client.ts'

export interface RedisStoreOptions {
  /**
   * The prefix of all keys; letters, digits and `:._-`. No braces: they would put all sessions on one node of a
   * cluster. Default `'keepsake:'`.
   */
  readonly prefix?: string | undefined
  /**
   * A second connected client, of the same package, for `session.watch`: `client.duplicate()`, or the client itself if
   * it is a cluster. It subscribes to the watched sessions, and writes are published. Give it to every process,
   * also to one that watches nothing, because its writes are not published otherwise. It stays yours, like the client.
   */
  readonly subscriber?: RedisSubscriber | undefined
}

/** The number of a subject's records that are read in parallel, with their texts in memory. */
const BATCH = 100

interface Listed {
  readonly key: string
  readonly writtenAt: number
  /** Undefined if the list is long: it is read again when its turn comes. */
  readonly text: string | undefined
}

const batchesOf = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / BATCH) }, (_, n) => items.slice(n * BATCH, (n + 1) * BATCH))

/**
 * Keeps sessions in Redis (7 or newer) or Valkey, single, behind Sentinel or in a Cluster, through a connected client of
 * `redis`, `ioredis` or `iovalkey`. The client stays yours: the store does not close it.
 *
 * ```ts
 * const client = await createClient({ url }).on('error', console.error).connect()
 * const sessions = createSessions({ secrets, store: redisStore(client) })
 * ```
 *
 * A read is one command, and so is a write; a login and occasionally a write of a logged-in session take two more, for
 * the subject's index. A client that reads from replicas may return replaced records: let it read from primaries.
 *
 * @throws {ConfigError} for an object that is not a client, a wrong prefix, or an unusable subscriber.
 */
export function redisStore(client: RedisClient, options?: RedisStoreOptions): Store {
  const commands = commandsOf(client)
  if (commands === undefined)
    throw new ConfigError('client', 'expected a client of redis, ioredis or iovalkey')
  const { get, setNew, del, run, losses } = commands
  const given: RedisStoreOptions = readOptions('options', options, ['prefix', 'subscriber'])
  const { prefix = 'keepsake:', subscriber } = given
  if (typeof prefix !== 'string' || !/^[A-Za-z0-9:._-]*$/.test(prefix))
    throw new ConfigError('prefix', 'expected letters, digits and :._- only')
  // Packed, because each command sends the key, and Redis holds it in memory, twice for the session of a subject.
  const keyOf = (key: string): string => prefix + packKey(key)
  const scan = scannerOf(client)
  const watch = subscriber && watchBy(subscriber, client, keyOf)
  const indexOf = (subject: string): string => `${prefix}of:${subject}`

  /** Called before the record is created, so that the list misses no record. Returns the minute until which it is listed. */
  async function list(key: string, record: StoredRecord, now: number): Promise<number> {
    const until = listedUntil(record, now)
    if (record.subject !== undefined) await run(LIST, indexOf(record.subject), [packKey(key), `${until}`])
    return until
  }

  /**
   * Returns the reply of the script. `listed` as in `format`.
   *
   * @throws {Error} if the client may have sent the command twice, and the second one found another text: then nobody knows
   *   whether the first one was replaced since or had no effect.
   */
  function put(key: string, revision: string, record: StoredRecord, listed: number | ''): Promise<unknown> {
    const values = [`${deadlineOf(record)} ${revision}`, format(record, listed, Date.now())]
    if (watch !== undefined) values.push(keyOf(key))
    const before = losses()
    return run(REPLACE, keyOf(key), values).then((reply) => {
      if (reply === 0 && losses() !== before)
        throw new Error('the connection was lost, and the client has sent the command again')
      return reply
    })
  }

  async function listAndPut(key: string, revision: string, record: StoredRecord): Promise<boolean> {
    return (await put(key, revision, record, await list(key, record, Date.now()))) === 1
  }

  return Object.freeze<Store>({
    system: 'redis',
    read: (key) => get(keyOf(key)).then(textOf, unlessForeign),
    async create(key, record) {
      const now = Date.now()
      const value = format(record, await list(key, record, now), now)
      const standing = await setNew(keyOf(key), value, deadlineOf(record))
      // If the stored value is its own, the client has sent the command twice, because the first reply was
      // lost.
      return standing === null || standing === value
    },
    replace: (key, revision, record) =>
      put(key, revision, record, '').then((answer) =>
        answer === 2 ? listAndPut(key, revision, record) : answer === 1,
      ),
    async delete(key) {
      if (watch === undefined) await del(keyOf(key))
      else await run(DELETE, keyOf(key), [keyOf(key)])
    },
    async *bySubject(subject) {
      const index = indexOf(subject)
      const listed = (await run(LISTED, index, [])) as string[]
      const pairs = listed.flatMap((name, n) => {
        const key = n % 2 === 0 ? unpackKey(name) : undefined
        return key === undefined ? [] : [[key, listed[n + 1] ?? ''] as const]
      })
      const isLong = pairs.length > BATCH
      const found: Listed[] = []
      const read = async (key: string): Promise<Value | undefined> => {
        const value = await get(keyOf(key)).then(parse, unlessForeign)
        return value?.subject === subject ? value : undefined
      }
      const look = async ([key, score]: readonly [string, string]): Promise<void> => {
        const value = await read(key)
        if (value !== undefined)
          found.push({ key, writtenAt: value.writtenAt, text: isLong ? undefined : value.text })
        else if (score !== '') await run(UNLIST, index, [packKey(key), score])
      }
      for (const batch of batchesOf(pairs)) await Promise.all(batch.map(look))
      found.sort((a, b) => b.writtenAt - a.writtenAt)
      for (const batch of batchesOf(found)) {
        const texts = await Promise.all(batch.map(async ({ key, text }) => text ?? (await read(key))?.text))
        for (const [n, { key }] of batch.entries()) {
          const text = texts[n]
          if (text !== undefined) yield [key, text] as const
        }
      }
    },
    ...(scan && {
      async *all() {
        // A server that resizes its table meanwhile may return a key twice.
        const seen = new Set<string>()
        for await (const found of scan(prefix)) {
          const keys = found.filter((key) => !seen.has(key) && seen.add(key))
          const texts = await Promise.all(keys.map((key) => get(keyOf(key)).then(textOf, unlessForeign)))
          for (const [n, key] of keys.entries()) {
            const text = texts[n]
            if (text !== undefined) yield [key, text] as const
          }
        }
      },
      async count() {
        let counted = 0
        for await (const { length } of scan(prefix)) counted += length
        return counted
      },
    }),
    ...(watch && { watch }),
  })
}

/** A key of another type, created by another program, is not a record. */
function unlessForeign(error: unknown): undefined {
  if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return undefined
  throw error
}
