import { createHmac, type KeyObject } from 'node:crypto'

/** So many responses of a process are looked at, of so many visitors. */
const MAX_RESPONSES = 1000
const MAX_VISITORS = 100

export interface ReturnWatch {
  /** Whether to tell it anything is of use. */
  isOn(): boolean
  /**
   * Tells that a visitor has sent the cookie or is given it. Whether it is set to him for the second time, and never came.
   *
   * @param visitor His address and user agent, which are not kept.
   */
  sees(visitor: string, what: 'came' | 'set'): boolean
}

/**
 * Watches, outside production, whether the cookie comes back from those to whom it was set: a client that drops it has a new
 * session with every request, and its developer sees nothing of why. Of a visitor only a short keyed hash is remembered.
 */
export function createReturnWatch(key: KeyObject): ReturnWatch {
  const visitors = new Map<string, 'has it' | 'was given it'>()
  let left = process.env['NODE_ENV'] === 'production' ? 0 : MAX_RESPONSES
  return Object.freeze<ReturnWatch>({
    isOn: (): boolean => left > 0,
    sees(visitor, what) {
      left--
      const ref = createHmac('sha256', key).update(visitor).digest('base64url').slice(0, 11)
      const known = visitors.get(ref)
      if (known === undefined && visitors.size >= MAX_VISITORS) return false
      if (known !== 'has it') visitors.set(ref, what === 'came' ? 'has it' : 'was given it')
      return what === 'set' && known === 'was given it'
    },
  })
}
