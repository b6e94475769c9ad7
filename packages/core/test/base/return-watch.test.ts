import { createSecretKey } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createReturnWatch } from '../../src/base/return-watch.ts'
import { times } from '../store-support.ts'

const KEY = createSecretKey(Buffer.alloc(32, 1))

afterEach(() => void vi.unstubAllEnvs())

describe('a watch for cookies that do not come back', () => {
  it('reports a visitor whose cookie is set for the second time, and later', () => {
    const watch = createReturnWatch(KEY)
    expect(times(3, () => watch.sees('ada', 'set'))).toEqual([false, true, true])
  })

  it('distinguishes visitors', () => {
    const watch = createReturnWatch(KEY)
    expect(times(50, (index) => watch.sees(`visitor ${index}`, 'set'))).not.toContain(true)
  })

  it('does not report a visitor who has sent the cookie, before or in between', () => {
    const watch = createReturnWatch(KEY)
    watch.sees('ada', 'set')
    watch.sees('ada', 'came')
    watch.sees('bob', 'came')
    for (const visitor of ['ada', 'bob', 'ada', 'bob']) expect(watch.sees(visitor, 'set')).toBe(false)
  })

  it('remembers a hundred visitors, and checks a thousand responses', () => {
    const watch = createReturnWatch(KEY)
    for (let index = 0; index < 100; index++) watch.sees(`visitor ${index}`, 'set')
    expect(times(3, () => watch.sees('one more', 'set'))).not.toContain(true)
    expect(watch.sees('visitor 7', 'set')).toBe(true)
    expect(watch.isOn()).toBe(true)
    for (let index = 0; index < 1000; index++) watch.sees('ada', 'came')
    expect(watch.isOn()).toBe(false)
  })

  it('is off in production', () => {
    vi.stubEnv('NODE_ENV', 'production')
    expect(createReturnWatch(KEY).isOn()).toBe(false)
  })
})
