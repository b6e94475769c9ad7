import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createPartedMap } from '../../src/store/parted-map.ts'

it('a parted map behaves like a map', () => {
  const step = fc.record({
    key: fc.string({ maxLength: 2 }),
    value: fc.option(fc.integer(), { nil: undefined }),
  })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const model = new Map<string, number>()
      const map = createPartedMap<number>()
      for (const { key, value } of steps) {
        expect(map.get(key)).toBe(model.get(key))
        if (value === undefined) expect(map.delete(key)).toBe(model.delete(key))
        else {
          map.set(key, value)
          model.set(key, value)
        }
        expect(map.get(key)).toBe(model.get(key))
        expect(map.size).toBe(model.size)
      }
    }),
  )
})
