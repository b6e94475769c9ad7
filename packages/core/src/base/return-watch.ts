import { createHmac, type KeyObject } from 'node:crypto'

/** The number of responses of a process that are checked, and of visitors. */
const MAX_RESPONSES = 1000
const MAX_VISITORS = 100

export interface ReturnWatch {
  /** Whether it still checks. */
  isOn(): boolean
  /**
   * Records that a visitor has sent the cookie, or that a response sets it. Returns whether it is set for the second
   * time without ever coming back.
   *
   * @param visitor The visitor's address and user agent, which are not stored.
   */
  sees(visitor: string, what: 'came' | 'set'): boolean
}

/**
 * Checks, outside production, whether clients send the cookie back: a client that drops it has a new
 * session with every request, and its developer cannot see why. Stores only a short keyed hash of each visitor.
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
