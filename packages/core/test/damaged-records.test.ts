import { describe, expect, it } from 'vitest'
import { dataOf, begin, createWorld, eventsOf, request, storeAround } from './store-support.ts'

const unchanged = (text: string): unknown => text

/** Sessions whose store returns each record's text as changed by `damage`. */
async function createDamaged() {
  let damage = unchanged
  const world = createWorld()
  const cookie = await begin(world.sessions, { list: [1, 2, 3], user: 'ada' }, 'ada')
  const store = storeAround(world.store, async (call, go) => {
    const answer = await go()
    const isText = call.method === 'read' && typeof answer === 'string'
    return isText ? (damage(answer) as typeof answer) : answer
  })
  const sessions = world.another({ store })
  return { ...world, sessions, cookie, damageBy: (change: typeof damage) => void (damage = change) }
}

type Damaged = Awaited<ReturnType<typeof createDamaged>>

/** A request whose record is damaged is anonymous, and may begin a new session. Returns the published events. */
async function visitAll(damaged: Damaged, texts: (text: string) => Generator): Promise<Map<string, number>> {
  const reasons = new Map<string, number>()
  const text = await textOf(damaged)
  for (const other of texts(text)) {
    damaged.damageBy(() => other)
    const visit = await damaged.sessions.open(damaged.cookie)
    const { opened } = visit.session.explain()
    expect(Object.entries(visit.session)).toEqual([])
    expect(visit.session.subject).toBeUndefined()
    await visit.close()
    reasons.set(opened, (reasons.get(opened) ?? 0) + 1)
  }
  return reasons
}

async function textOf(damaged: Damaged): Promise<string> {
  let seen = ''
  damaged.damageBy((text) => (seen = text))
  expect(await dataOf(damaged.sessions, damaged.cookie)).toEqual({ list: [1, 2, 3], user: 'ada' })
  return seen
}

const flips = (bit: number) =>
  function* (text: string): Generator<string> {
    for (let at = 0; at < text.length; at++) {
      const flipped = String.fromCharCode(text.charCodeAt(at) ^ bit)
      yield text.slice(0, at) + flipped + text.slice(at + 1)
    }
  }

function* cuts(text: string): Generator<string> {
  for (let length = 0; length < text.length; length++) yield text.slice(0, length)
}

describe('a record that was damaged in the store (R64)', () => {
  it.each([1, 2, 4, 8, 16, 32, 64, 128])('does not open with any one byte flipped by %d', async (bit) => {
    const reasons = await visitAll(await createDamaged(), flips(bit))
    expect(
      [...reasons.keys()].every((reason) => ['malformed', 'forged', 'unknown_key'].includes(reason)),
    ).toBe(true)
    expect([...reasons.values()].reduce((a, b) => a + b)).toBeGreaterThan(150)
  })

  it('does not open when cut off at any length', async () => {
    const reasons = await visitAll(await createDamaged(), cuts)
    expect([...reasons.keys()].sort()).toEqual(['forged', 'malformed'])
  })

  it.each([null, 0, '', {}, [], Buffer.from('x'), 'x'.repeat(200_000), '\0', Symbol('text')])(
    'is not opened if the store returns %s',
    async (answer) => {
      await visitAll(await createDamaged(), function* () {
        yield answer
      })
    },
  )

  it('publishes an event, and the next write begins a working session', async () => {
    const damaged = await createDamaged()
    // Not the last character: its unused bits would make the text malformed.
    damaged.damageBy((text) => `${text.slice(0, 60)}${text[60] === 'A' ? 'B' : 'A'}${text.slice(61)}`)
    let next: string | undefined
    const events = await eventsOf(async () => {
      next = await request(damaged.sessions, damaged.cookie, (session) => (session['n'] = 1))
    })
    expect(events).toEqual(['cookie_rejected forged', 'session_created created'])
    damaged.damageBy((text) => text)
    expect(next).not.toBe(damaged.cookie)
    expect(await dataOf(damaged.sessions, next)).toEqual({ n: 1 })
  })
})
