import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { run } from '../fuzz/run.ts'
import type { Target } from '../fuzz/target.ts'
import { targets } from '../fuzz/targets.ts'

/** How many cases an ordinary run tries; `pnpm fuzz`, a part of `pnpm test:long`, tries millions. */
const CASES: Readonly<Record<string, number>> = {
  parser: 4000,
  codec: 4000,
  writer: 1000,
  data: 1000,
  merge: 800,
  times: 4000,
}

describe('random input', () => {
  it.each(targets.map((target) => [target.name, target] as const))(
    'finds no fault in: %s',
    (name, target) => {
      const seed = randomInt(2 ** 32)
      const outcome = run(target, { seed, cases: CASES[name] ?? 0, seconds: 600 })
      expect(outcome).toEqual({ cases: CASES[name] })
      expect(outcome.cases).toBeGreaterThan(0)
    },
  )

  it('that finds a fault prints the seed of that case', () => {
    const picky: Target = {
      name: 'picky',
      prepare: () => (choices) => {
        if (choices.once(100)) throw new Error('found')
      },
    }
    const { finding } = run(picky, { seed: 1, cases: 100_000, seconds: 600 })
    expect(finding?.message).toContain('found')
    const again = run(picky, { seed: finding?.seed ?? 0, cases: 1, seconds: 600 })
    expect(again.finding?.seed).toBe(finding?.seed)
  })

  it('ends when the time is up', () => {
    const idle: Target = { name: 'idle', prepare: () => () => undefined }
    expect(run(idle, { seed: 1, cases: 1000, seconds: 0 })).toEqual({ cases: 0 })
  })
})
