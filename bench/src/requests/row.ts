import type { AnyFramework, Use, Variant } from '../http/variants.ts'
import type { Spread } from '../statistics.ts'

/** A variant with one use of the session; `added` is the difference to the bare handler of the same round. */
export interface Row {
  readonly variant: Variant
  readonly use: Use
  readonly wall: Spread
  readonly cpu: Spread
  readonly addedWall: Spread
  /** One value per round. */
  readonly addedCpu: readonly number[]
  /** The bare handler's CPU as a share of this variant's. */
  readonly ratio: Spread
}

export function rowOf(
  rows: readonly Row[],
  framework: AnyFramework,
  name: string,
  use: Use,
): Row | undefined {
  return rows.find(
    (row) => row.variant.framework === framework && row.variant.name === name && row.use === use,
  )
}
