import { randomFillSync } from 'node:crypto'

const POOL_BYTES = 4096

/** Writes random bytes into `target` from `start` up to `end`. */
export type FillRandom = (target: Uint8Array, start: number, end: number) => void

/**
 * Random bytes from a pool, because one call into the generator costs more than a whole seal. The pool is refilled
 * only by `randomFillSync` and is never shared: threads and child processes each create their own, so
 * no byte is used twice (R53). Used bytes are wiped.
 */
export function createRandomPool(): FillRandom {
  const pool = Buffer.alloc(POOL_BYTES)
  let used = POOL_BYTES
  return (target, start, end) => {
    if (end - start > POOL_BYTES - used) {
      randomFillSync(pool)
      used = 0
    }
    // Byte by byte: for a dozen of them two native calls cost more.
    for (let at = start; at < end; at++, used++) {
      target[at] = pool[used] ?? 0
      pool[used] = 0
    }
  }
}

export function randomBytes(fillRandom: FillRandom, size: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(size)
  fillRandom(bytes, 0, size)
  return bytes
}
