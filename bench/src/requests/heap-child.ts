import { FRAMEWORKS, VARIANTS } from '../http/all.ts'
import { type Backend, openBackends } from '../http/backends.ts'
import { type Use, USES, type Variant } from '../http/variants.ts'
import type { Candidate } from '../rounds.ts'
import { candidateOf } from './candidate.ts'
import type { HeapRow } from './heap.ts'

const ROUNDS = 15
/** iron-session takes a thousand times as long, and always allocates the same. */
const timesOf = (name: string): number => (name === 'iron-session' ? 20 : 250)

/** Only stores in memory: clients of servers allocate on the same heap, which cannot be told apart. */
const isInProcess = ({ name }: Backend): boolean => name === 'memory'

const backends = await openBackends({ redisUrl: undefined, postgresUrl: undefined })
const rows: HeapRow[] = []
// Each use in the order of its name.
for (const framework of FRAMEWORKS.filter((framework) => process.argv.includes(framework))) {
  const variants = VARIANTS[framework](backends.list.filter(isInProcess))
  for (const use of USES) rows.push(...(await measureUse(variants, use)))
}
await backends.close()
process.stdout.write(JSON.stringify(rows))

async function measureUse(variants: readonly Variant[], use: Use): Promise<HeapRow[]> {
  const measured: { candidate: Candidate; row: HeapRow & { readonly bytes: number[] } }[] = []
  for (const variant of variants) {
    const candidate = await candidateOf(variant, use)
    await candidate.run(8 * timesOf(variant.name))
    const { framework, name } = variant
    measured.push({ candidate, row: { framework, name, use, bytes: [] } })
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const { candidate, row } of measured) row.bytes.push(await allocatedBy(candidate))
  }
  return measured.map(({ row }) => row)
}

async function allocatedBy(candidate: Candidate): Promise<number> {
  await candidate.run(1)
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const times = timesOf(candidate.name)
  await candidate.run(times)
  return (process.memoryUsage().heapUsed - before) / times
}
