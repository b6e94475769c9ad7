import { describe, expect, it } from 'vitest'
import { foreignLibrary } from './arrivals-support.ts'
import { createWorld, thrown } from './store-support.ts'
import { warningsOf } from './support.ts'

describe('the option arrivals', () => {
  it.each([
    ['arrivals', 'old'],
    ['arrivals[0]', [undefined]],
    ['arrivals[0]', [{ names: ['old'] }]],
    ['arrivals[0]', [foreignLibrary({ name: '__Host-former' })]],
    ['arrivals[1]', [foreignLibrary(), foreignLibrary({ name: '__Host-session' })]],
  ])('rejects %s with the value %o', (option, arrivals) => {
    const cookie = { previous: [{ name: 'former' }] }
    const create = (): unknown => createWorld({ arrivals: arrivals as never, cookie })
    expect(thrown(create)).toMatchObject({ code: 'KEEPSAKE_CONFIG', option })
  })

  it('warns once if a foreign cookie can be used again after a logout', async () => {
    const arrivals = [foreignLibrary(), foreignLibrary({ name: 'older' })]
    const { another, store } = createWorld()
    const code = 'KEEPSAKE_ARRIVAL_REPLAY'
    const without = { store: undefined, revocation: 'none' } as const
    expect(await warningsOf(() => another({ arrivals, ...without }))).toEqual([code])
    expect(await warningsOf(() => another({ arrivals: [], ...without }))).toEqual([])
    expect(await warningsOf(() => another({ arrivals }))).toEqual([])
    expect(await warningsOf(() => another({ arrivals, store: undefined, revocation: store }))).not.toContain(
      code,
    )
  })
})
