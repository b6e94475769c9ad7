import { randomBytes } from 'node:crypto'
import type { Store } from '@keepsake/core'
import { revisionOf } from '@keepsake/core/store'

const HOUR_MS = 3_600_000

/** A text that shows whether it is complete: its serial number is at both ends, and its length at the start. */
export function makeText(serial: string, length: number): string {
  return `${serial}:${length}:${'.'.repeat(length)}:${serial}`
}

export function isWhole(text: string): boolean {
  const [serial = '', length = ''] = text.split(':', 2)
  return text === makeText(serial, Number(length))
}

/**
 * Creates, replaces and deletes until the process ends. Writes a line into the journal before and after each action:
 * `begin` with the number of the key and its next content (`-` for a deletion), and `done`. The shared key is not recorded.
 */
export async function writeForEver(
  store: Store,
  keys: readonly string[],
  shared: string,
  journal: (line: string) => void,
): Promise<never> {
  const own = randomBytes(4).toString('hex')
  for (let round = 0; ; round++) {
    for (const [number, key] of keys.entries()) {
      const serial = `${own}-${round}-${number}`
      const text = makeText(serial, (round * 7919) % 60_000)
      const record = { text, expiresAt: Date.now() + HOUR_MS }
      const standing = await store.read(key)
      const isLast = standing !== undefined && round % 5 === 4
      journal(`begin ${number} ${isLast ? '-' : serial}`)
      if (isLast) await store.delete(key)
      else if (standing === undefined) await store.create(key, record)
      else await store.replace(key, revisionOf(standing), record)
      journal('done')
    }
    const standing = await store.read(shared)
    if (standing === undefined) journal('gap')
    else
      await store.replace(shared, revisionOf(standing), {
        text: makeText(`${own}-${round}`, 2000),
        expiresAt: Date.now() + HOUR_MS,
      })
  }
}
