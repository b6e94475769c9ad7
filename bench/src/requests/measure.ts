import type { Use, Variant } from '../http/variants.ts'
import { type Candidate, measure } from '../rounds.ts'
import { pairwise, ratioOf, spreadOf } from '../statistics.ts'
import { candidateOf } from './candidate.ts'
import type { Row } from './row.ts'

/** An untouched session adds so little that more rounds are needed to see it. */
const ROUNDS: Readonly<Record<Use, number>> = { untouched: 31, read: 15, write: 15 }
const SLICE_MS = 15

/** The applications of one framework in turns, including a bare one. */
export async function measureUse(part: string, variants: readonly Variant[], use: Use): Promise<Row[]> {
  const candidates: Candidate[] = []
  for (const variant of variants) candidates.push(await candidateOf(variant, use))
  const framework = variants[0]?.framework ?? ''
  const seriesOf = await measure(`${part}, ${framework}, ${use}`, candidates, {
    rounds: ROUNDS[use],
    sliceMs: SLICE_MS,
  })
  const bare = seriesOf('bare')
  return variants.map((variant) => {
    const { wall, cpu } = seriesOf(variant.name)
    return {
      variant,
      use,
      wall: spreadOf(wall),
      cpu: spreadOf(cpu),
      addedWall: spreadOf(pairwise(wall, bare.wall, minus)),
      addedCpu: pairwise(cpu, bare.cpu, minus),
      ratio: ratioOf(bare.cpu, cpu),
    }
  })
}

const minus = (a: number, b: number): number => a - b
