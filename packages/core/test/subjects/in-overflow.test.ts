import { expect, it } from 'vitest'
import { openVisit } from '../../src/adapter.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import type { AnySessions } from '../row-support.ts'
import { BEGIN, begin, createWorld, dataOf, thrown } from '../store-support.ts'

/** Sessions that all live in their store, and the same store for servers that read only rows. */
function createMove() {
  const world = createWorld()
  const overflow = memoryStore({ now: () => world.at * 1000 })
  const revocation = memoryStore({ now: () => world.at * 1000 })
  const moving: AnySessions = world.another({
    store: undefined,
    overflow,
    overflowAbove: 0,
    revocation,
    revocationCache: 0,
  })
  return { world, overflow, moving, moved: world.another({ store: overflow }) }
}

it('revoking one stored session by its id also ends it for servers that read only rows, and no other session', async () => {
  const { moving, moved } = createMove()
  const [first, second] = [await begin(moving, { n: 1 }, 'ada'), await begin(moving, { n: 2 }, 'ada')]
  const { id } = (await openVisit(moving, first)).session
  await moving.revoke(id, { subject: 'ada' })
  for (const sessions of [moving, moved]) {
    expect(await dataOf(sessions, first)).toEqual({})
    expect(await dataOf(sessions, second)).toEqual({ n: 2 })
  }
})

it('revoking all sessions of a subject also ends them for servers that read only rows, except the spared ones', async () => {
  const { world, moving, moved } = createMove()
  const [first, second] = [await begin(moving, { n: 1 }, 'ada'), await begin(moving, { n: 2 }, 'ada')]
  const other = await begin(moving, { n: 3 }, 'bob')
  const visit = await openVisit(moving, second)
  await moving.revokeAll('ada', { except: visit.session })
  world.at = BEGIN + 1
  for (const sessions of [moving, moved]) {
    expect(await dataOf(sessions, first)).toEqual({})
    expect(await dataOf(sessions, second)).toEqual({ n: 2 })
    expect(await dataOf(sessions, other)).toEqual({ n: 3 })
  }
})

it.each([
  [{ store: memoryStore(), overflowAbove: 0 }],
  [{ store: undefined, overflow: memoryStore(), overflowAbove: -1 }],
  [{ store: undefined, overflow: memoryStore(), overflowAbove: 1.5 }],
  [{ store: undefined, overflow: memoryStore(), overflowAbove: '0' as never }],
])('overflowAbove is rejected if it is not a number of bytes, or without overflow: %o', (options) => {
  expect(thrown(() => createWorld().another(options))).toMatchObject({ option: 'overflowAbove' })
})
