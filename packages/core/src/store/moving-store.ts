import { ConfigError, StoreBusyError } from '../base/errors.ts'
import type { MaybePromise } from '../base/maybe-promise.ts'
import { fieldOf } from '../base/own.ts'
import { pause } from '../base/pause.ts'
import { readStore, revisionOf, type Store } from './store.ts'

/**
 * Two stores as one, while sessions move from one to the other: new ones begin in `to`, and existing ones stay in `from`
 * until they end. So none is ever in two places that could differ, or in transit, where it could be lost. Once
 * `from` is empty, use `to` alone.
 *
 * A server that knows only one of the stores does not find sessions that others begin in the other. So a rolling move has two steps:
 * first `movingStore(to, from)` everywhere, which still begins all in `from`, and then this. The same two lead back.
 *
 * ```ts
 * createSessions({ secrets, store: movingStore(redisStore(client), postgresStore(pool)) })
 * ```
 *
 * @throws {ConfigError} unless both are stores, and they differ.
 */
export function movingStore(from: Store, to: Store): Store {
  const [before, home] = [readHalf('from', from), readHalf('to', to)]
  if (before === home) throw new ConfigError('movingStore', 'expected two different stores')
  const both = [home, before]
  const subjects = both.flatMap((store) => fieldOf(store, 'bySubject')?.bind(store) ?? [])
  const everything = both.flatMap((store) => fieldOf(store, 'all')?.bind(store) ?? [])
  const counts = both.flatMap((store) => fieldOf(store, 'count')?.bind(store) ?? [])
  const [watchHome, watchBefore] = both.map((store) => fieldOf(store, 'watch')?.bind(store))

  return Object.freeze<Store>({
    isVolatile: both.some((store) => fieldOf(store, 'isVolatile') === true),
    read: async (key) => (await home.read(key)) ?? before.read(key),
    async create(key, record) {
      for (let attempt = 1; (await before.read(key)) === undefined; attempt++) {
        if (!(await home.create(key, record))) return false
        // A process that moves the other way may have created it there simultaneously: then both delete theirs.
        if ((await begun(() => before.read(key))) === undefined) return true
        await begun(() => home.replace(key, revisionOf(record.text), { ...record, expiresAt: 0 }))
        await pause(attempt)
      }
      return false
    },
    replace: async (key, revision, record) =>
      (await home.replace(key, revision, record)) || before.replace(key, revision, record),
    async delete(key) {
      await home.delete(key)
      await begun(() => before.delete(key))
    },
    ...(subjects.length === both.length && {
      async *bySubject(subject: string) {
        for (const find of subjects) yield* find(subject)
      },
    }),
    ...(everything.length === both.length && {
      async *all() {
        for (const all of everything) yield* all()
      },
    }),
    ...(counts.length === both.length && { count: () => sumOf(counts.map((count) => count())) }),
    ...(watchHome &&
      watchBefore && {
        async watch(key: string, changed: () => void) {
          const stop = await watchHome(key, changed)
          try {
            const stopBefore = await watchBefore(key, changed)
            return () => {
              stop()
              stopBefore()
            }
          } catch (error) {
            stop()
            throw error
          }
        },
      }),
    async sweep(now) {
      return sumOf(both.map(async (store) => fieldOf(store, 'sweep')?.call(store, now) ?? 0))
    },
    async close() {
      await Promise.all(both.map(async (store) => fieldOf(store, 'close')?.call(store)))
    },
  })
}

const sumOf = async (counts: readonly Promise<number>[]): Promise<number> =>
  (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)

function readHalf(name: 'from' | 'to', store: unknown): Store {
  const half = readStore(`movingStore.${name}`, store)
  if (half === undefined) throw new ConfigError(`movingStore.${name}`, 'expected a store')
  return half
}

/** A store that is too busy has not started; but the other one may already have done its part. */
async function begun<T>(work: () => MaybePromise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof StoreBusyError)) throw error
    throw new Error('one of the two stores was too busy', { cause: error })
  }
}
