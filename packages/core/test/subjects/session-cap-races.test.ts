import { describe, expect, it } from 'vitest'
import { SessionGoneError } from '../../src/base/errors.ts'
import { handleOf, settled } from '../row-support.ts'
import {
  begin,
  cookieAfter,
  cookieLine,
  createGate,
  createWorld,
  present,
  rejection,
  request,
  storeAround,
  times,
} from '../store-support.ts'
import { isAlive, labelsOf, login } from './subject-support.ts'

/** How long a store makes a caller wait, in turns of the event loop: different for each call, the same in each run. */
function hesitating(seed: number) {
  let state = seed
  return async <T>(_: unknown, go: () => Promise<T>): Promise<T> => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    for (let left = state % 4; left > 0; left--) await new Promise(setImmediate)
    return go()
  }
}

describe('maxPerSubject during simultaneous logins', () => {
  it.each([1, 2, 3, 4, 5])(
    'leaves exactly N of 30 simultaneous logins in two processes, each with a successful response: run %i',
    async (seed) => {
      const max = 4
      const world = createWorld({ maxPerSubject: max, storeTimeLimit: 120_000 })
      const store = storeAround(world.memory, hesitating(seed))
      const nodes = [world.another({ store }), world.another({ store })]
      const outcomes = await Promise.all(
        times(30, async (n) => settled(login(present(nodes[n % 2]), 'alice', `${n}`))),
      )
      expect(await world.sessions.listFor('alice')).toHaveLength(max)
      expect(world.memory.size).toBe(max)
      const alive = await Promise.all(
        outcomes.map(async ({ value, error }) => {
          if (error !== undefined) expect([error, value]).toEqual([expect.any(SessionGoneError), undefined])
          return isAlive(world.sessions, value)
        }),
      )
      expect(alive.filter(Boolean)).toHaveLength(max)
    },
  )

  it('leaves one of two simultaneous logins that have both listed before either was written', async () => {
    const world = createWorld({ maxPerSubject: 1 })
    const { store } = world
    const gate = createGate()
    store.next('create', gate.before)
    const first = settled(login(world.sessions, 'alice', 'first'))
    await gate.reached
    const second = settled(login(world.another(), 'alice', 'second'))
    gate.open()
    const outcomes = [await first, await second]
    expect(await world.sessions.listFor('alice')).toHaveLength(1)
    const alive = await Promise.all(outcomes.map(async ({ value }) => isAlive(world.sessions, value)))
    expect(alive.filter(Boolean)).toHaveLength(1)
  })

  it('leaves exactly N if existing rows log in, or log in again', async () => {
    const { sessions, another } = createWorld({ maxPerSubject: 3, storeTimeLimit: 120_000 })
    const nodes = [sessions, another()]
    const cookies = await Promise.all(
      times(12, async () => request(sessions, undefined, (session) => (session['cart'] = [1]))),
    )
    for (const _ of times(2, () => 0)) {
      const logins = cookies.map(async (cookie, n) =>
        request(present(nodes[n % 2]), cookie, (session) => session.login('alice', { keep: ['cart'] })),
      )
      const outcomes = await Promise.allSettled(logins)
      for (const [n, outcome] of outcomes.entries())
        if (outcome.status === 'fulfilled') cookies[n] = outcome.value
      expect(await sessions.listFor('alice')).toHaveLength(3)
    }
    const opened = await Promise.all(cookies.map(async (cookie) => (await sessions.open(cookie)).session))
    // Each existing session belongs to a browser.
    expect(opened.filter(({ subject }) => subject === 'alice')).toHaveLength(3)
  })
})

/** The first login has been written, and lists again only when another one is complete. */
async function overtaken(max: number) {
  const world = createWorld({ maxPerSubject: max })
  const visit = await world.sessions.open(undefined)
  visit.session.login('alice', { label: 'first' })
  const gate = createGate()
  world.store.next('create', gate.after)
  const closing = settled((async () => visit.close())())
  await gate.reached
  return { world, visit, gate, closing }
}

describe('a login that is itself an excess session', () => {
  it('fails with a 409 and no cookie, if the other one has ended it before it reads again', async () => {
    const { world, gate, closing } = await overtaken(1)
    const second = await login(world.another(), 'alice', 'second')
    gate.open()
    const { value, error } = await closing
    expect([value, error]).toEqual([undefined, expect.any(SessionGoneError)])
    expect(error).toMatchObject({ status: 409 })
    expect(await labelsOf(world.sessions)).toBe('second')
    expect(await isAlive(world.sessions, second)).toBe(true)
  })

  it('fails too if the others have not ended it yet', async () => {
    const { world, gate, closing } = await overtaken(1)
    // Written by a process that does not count, with a later beginning.
    world.at += 3600
    await login(world.another({ maxPerSubject: undefined }), 'alice', 'later')
    gate.open()
    const { error } = await closing
    expect(error).toBeInstanceOf(SessionGoneError)
    expect(await labelsOf(world.sessions)).toBe('later')
  })

  it('is not reported to another session of the same process', async () => {
    const { world, gate, closing } = await overtaken(2)
    const second = await login(world.another(), 'alice', 'second')
    gate.open()
    const { value, error } = await closing
    expect(error).toBeUndefined()
    expect(await isAlive(world.sessions, cookieAfter(value ?? [], undefined))).toBe(true)
    expect(await isAlive(world.sessions, second)).toBe(true)
  })

  it('can be retried by the same visit', async () => {
    const { world, visit, gate, closing } = await overtaken(1)
    await login(world.another(), 'alice', 'second')
    gate.open()
    expect((await closing).error).toBeInstanceOf(SessionGoneError)
    const cookie = cookieAfter(await visit.close(), undefined)
    expect(await isAlive(world.sessions, cookie)).toBe(true)
    expect(await labelsOf(world.sessions)).toBe('first')
  })

  it('leaves its anonymous session ended, and sends no cookie for it', async () => {
    const world = createWorld({ maxPerSubject: 1 })
    const cookie = await begin(world.sessions, { cart: [1] })
    const visit = await world.sessions.open(cookie)
    visit.session.login('alice', { keep: ['cart'] })
    const gate = createGate()
    world.store.next('replace', gate.after)
    const saving = rejection(visit.session.save())
    await gate.reached
    await login(world.another(), 'alice', 'second')
    gate.open()
    expect(await saving).toBeInstanceOf(SessionGoneError)
    expect(world.memory.size).toBe(1)
  })
})

/** The eviction of the oldest session has listed it, and has not ended it yet. */
async function listed() {
  const world = createWorld({ maxPerSubject: 1 })
  const oldest = present(await login(world.sessions, 'alice', 'oldest'))
  const gate = createGate()
  const visit = await world.sessions.open(undefined)
  visit.session.login('alice', { label: 'newest' })
  world.store.next('replace', gate.before)
  const closing = visit.close()
  await gate.reached
  return { world, oldest, gate, closing, elsewhere: world.another({ maxPerSubject: undefined }) }
}

describe('an eviction', () => {
  it('spares a row that now belongs to another subject', async () => {
    const { world, oldest, gate, closing, elsewhere } = await listed()
    const bob = await request(elsewhere, oldest, (session) => session.login('bob'))
    gate.open()
    await closing
    expect((await world.sessions.open(bob)).session.subject).toBe('bob')
    expect(await labelsOf(world.sessions)).toBe('newest')
  })

  it('spares a row that has logged in again, whose login ends the evicting one', async () => {
    const { sessions, store, another } = createWorld({ maxPerSubject: 1 })
    const first = await login(sessions, 'alice', 'first')
    const again = await sessions.open(first)
    again.session.login('alice', { label: 'again' })
    // The second login has listed both, and is about to end the first one.
    const gate = createGate()
    store.next('replace', gate.before)
    const second = login(another(), 'alice', 'second')
    await gate.reached
    const cookie = cookieAfter(await again.close(), first)
    gate.open()
    expect([await isAlive(sessions, await second), await isAlive(sessions, cookie)]).toEqual([false, true])
    expect(await labelsOf(sessions)).toBe('again')
  })

  it('ends a row that has only been written, or has a new id, since', async () => {
    for (const method of ['write', 'regenerate'] as const) {
      const { world, oldest, gate, closing, elsewhere } = await listed()
      const next = await request(elsewhere, oldest, (session) =>
        method === 'write' ? (session['b'] = 1) : session.regenerate(),
      )
      gate.open()
      await closing
      expect([method, await isAlive(world.sessions, next)]).toEqual([method, false])
      expect(await labelsOf(world.sessions)).toBe('newest')
    }
  })

  it('does not affect a row that has ended since', async () => {
    const { world, oldest, gate, closing, elsewhere } = await listed()
    await request(elsewhere, oldest, (session) => session.logout())
    gate.open()
    expect(cookieLine(await closing)).toBeDefined()
    expect(await labelsOf(world.sessions)).toBe('newest')
  })

  it('that fails makes the login fail, whose visit finds its row again', async () => {
    const world = createWorld({ maxPerSubject: 1 })
    await login(world.sessions, 'alice', 'oldest')
    const visit = await world.sessions.open(undefined)
    visit.session.login('alice', { label: 'newest' })
    world.store.next('replace', 'fails')
    world.store.next('read', 'fails')
    expect(await rejection(visit.session.save())).toMatchObject({ code: 'KEEPSAKE_STORE' })
    const cookie = cookieAfter(await visit.close(), undefined)
    expect([await isAlive(world.sessions, cookie), await labelsOf(world.sessions)]).toEqual([true, 'newest'])
    expect(world.memory.size).toBe(1)
  })
})

describe('clocks that are an hour apart', () => {
  it.each([3600, -3600])(
    'do not let an older login win: the second server is at %i seconds',
    async (skew) => {
      const world = createWorld({ maxPerSubject: 2, lifetime: { idle: '12h' } })
      const elsewhere = world.another({ now: () => (world.at + skew) * 1000 })
      const nodes = [world.sessions, elsewhere]
      const labels: string[] = []
      for (const n of times(6, (index) => index)) {
        await login(present(nodes[n % 2]), 'alice', `${n}`)
        // For the clock that is behind, the other one's writes are in the future.
        labels.push(await labelsOf(skew > 0 ? elsewhere : world.sessions))
      }
      expect(labels).toEqual(['0', '0,1', '1,2', '2,3', '3,4', '4,5'])
    },
  )

  it('leave exactly N of 30 simultaneous logins', async () => {
    const max = 3
    const world = createWorld({ maxPerSubject: max, storeTimeLimit: 120_000, lifetime: { idle: '12h' } })
    const store = storeAround(world.memory, hesitating(9))
    const ahead = world.another({ store, now: () => (world.at + 3600) * 1000 })
    const nodes = [world.another({ store }), ahead]
    const outcomes = await Promise.all(
      times(30, async (n) => settled(login(present(nodes[n % 2]), 'alice', `${n}`))),
    )
    expect(await ahead.listFor('alice')).toHaveLength(max)
    const alive = await Promise.all(outcomes.map(async ({ value }) => isAlive(ahead, value)))
    expect(alive.filter(Boolean)).toHaveLength(max)
  })
})

describe('a process that dies during a login', () => {
  it('after the write leaves one row too many, which the next login ends', async () => {
    const world = createWorld({ maxPerSubject: 2 })
    for (const label of ['a', 'b']) await login(world.sessions, 'alice', label)
    // The dying process writes only its own row.
    const gate = createGate()
    world.store.next('create', gate.after)
    const dying = world.another({ storeTimeLimit: 2 ** 31 - 1 })
    const visit = await dying.open(undefined)
    visit.session.login('alice', { label: 'dead' })
    void visit.close()
    await gate.reached
    expect(await labelsOf(world.sessions)).toBe('a,b,dead')
    await login(world.sessions, 'alice', 'd')
    expect(await labelsOf(world.sessions)).toBe('d,dead')
    await login(world.sessions, 'alice', 'e')
    expect(await labelsOf(world.sessions)).toBe('d,e')
  })

  it('before the write leaves nothing', async () => {
    const world = createWorld({ maxPerSubject: 1 })
    await login(world.sessions, 'alice', 'a')
    const gate = createGate()
    world.store.next('create', gate.before)
    const visit = await world.another().open(undefined)
    visit.session.login('alice')
    void settled((async () => visit.close())())
    await gate.reached
    expect(await labelsOf(world.sessions)).toBe('a')
  })

  it('while it ends the oldest leaves rows that the next login, or a user, can end', async () => {
    const world = createWorld({ maxPerSubject: 1 })
    await login(world.sessions, 'alice', 'a')
    const gate = createGate()
    world.store.next('replace', gate.before)
    const visit = await world.another().open(undefined)
    visit.session.login('alice', { label: 'dead' })
    void settled((async () => visit.close())())
    await gate.reached
    expect(await labelsOf(world.sessions)).toBe('a,dead')
    expect(await world.sessions.revoke(await handleOf(world.sessions, 'alice'), { subject: 'alice' })).toBe(
      true,
    )
    await login(world.sessions, 'alice', 'next')
    expect(await labelsOf(world.sessions)).toBe('next')
  })
})
