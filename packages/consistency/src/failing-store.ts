import { setTimeout as wait } from 'node:timers/promises'
import type { Store } from '@keepsake/core'
import { createRandom } from '../../testing/src/store-random.ts'
import type { Settings } from './settings.ts'

type Faults = Pick<Settings, 'losesAnswers' | 'isSlow' | 'timeLimit' | 'seed'>

/**
 * A store without a server, with the faults of a network: a write is done but the caller gets an error, or gets the
 * result too late, or the write itself happens after its caller has given up.
 */
export function failing(store: Store, { losesAnswers, isSlow, timeLimit, seed }: Faults): Store {
  if (!losesAnswers && !isSlow) return store
  const random = createRandom(seed)
  const once = (inSoMany: number): boolean => random.below(inSoMany) === 0
  const tooLong = 1.2 * timeLimit

  async function linger(): Promise<void> {
    if (!isSlow) return
    if (once(80)) await wait(tooLong)
    else if (once(5)) await wait(random.below(30))
  }

  async function write<T>(work: () => T | Promise<T>): Promise<T> {
    await linger()
    const result = await work()
    if (losesAnswers && once(40)) throw new Error('the response was lost')
    if (losesAnswers && once(80)) await wait(tooLong)
    return result
  }

  return {
    ...store,
    async read(key) {
      await linger()
      return store.read(key)
    },
    create: (key, record) => write(() => store.create(key, record)),
    replace: (key, revision, record) => write(() => store.replace(key, revision, record)),
    delete: (key) => write(() => store.delete(key)),
  }
}
