import { describe, expect, it } from 'vitest'
import { inTurns } from '../../src/base/turns.ts'
import { mostInOneTurn, spin } from '../turns-support.ts'

describe('work in turns', () => {
  it('yields to the event loop every few milliseconds although the next item is always available', async () => {
    const done: number[] = []
    const most = await mostInOneTurn(async (step) => {
      for await (const item of inTurns([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])) {
        step()
        spin(3)
        done.push(item)
      }
    })
    expect(done).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(most).toBeLessThanOrEqual(2)
  })

  it('ends its source when the consumer stops', async () => {
    let isEnded = false
    function* source(): Generator<number> {
      try {
        for (let n = 0; ; n++) yield n
      } finally {
        isEnded = true
      }
    }
    for await (const item of inTurns(source())) if (item === 3) break
    expect(isEnded).toBe(true)
  })
})
