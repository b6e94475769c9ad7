import { openVisit } from '../src/adapter.ts'
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { SessionGoneError } from '../src/base/errors.ts'
import { RecordTooLargeError } from '../src/base/size-errors.ts'
import { createSealer } from '../src/sealer.ts'
import { createSessions } from '../src/sessions/create-sessions.ts'
import { revisionOf } from '../src/store/store.ts'
import { createCookieHashes } from '../src/modes/store-cookie.ts'
import { writeRow } from '../src/store/row.ts'
import { fieldsWith, keysOf } from './modes/stored.ts'
import {
  begin,
  BEGIN,
  cookieLine,
  createWorld,
  dataOf,
  dataOn,
  eventsOf,
  present,
  rejection,
  request,
  secretNamed,
  storeAround,
  times,
} from './store-support.ts'

const NAME = '__Host-session'

const keyOf = (cookie: string, name = NAME, audience = ''): string => {
  const parts = ['store', name, audience].flatMap((part) => [
    Buffer.from([0, part.length]),
    Buffer.from(part),
  ])
  const locator = Buffer.from(cookie.slice(name.length + 1), 'base64url').subarray(0, 16)
  const hash = createHash('sha256').update('keepsake/v1/locator').update(Buffer.concat(parts))
  return hash.update(locator).digest('hex').slice(0, 32)
}

describe('a session in a store', () => {
  it('is found by the next request, by a random locator and verifier in the cookie', async () => {
    const { sessions } = createWorld()
    expect(sessions.mode).toBe('store')
    const visit = await openVisit(sessions, undefined)
    visit.session['cart'] = [{ sku: 'A1' }]
    visit.session['since'] = new Date(5)
    const line = cookieLine(await visit.close())
    expect(line).toMatch(/^__Host-session=[\w-]{64}; Path=\/; Secure; HttpOnly; SameSite=Lax$/)
    const cookie = present(line).slice(0, NAME.length + 65)
    expect(await dataOf(sessions, cookie)).toEqual({ cart: [{ sku: 'A1' }], since: new Date(5) })
  })

  it('sees nested changes', async () => {
    const { sessions } = createWorld<{ cart: { qty: number }[] }>()
    const cookie = await begin(sessions, { cart: [{ qty: 1 }] })
    await request(sessions, cookie, ({ cart }) => {
      present(cart?.[0]).qty = 2
    })
    expect(await dataOf(sessions, cookie)).toEqual({ cart: [{ qty: 2 }] })
  })

  it('distinguishes texts with the same checksum (R46)', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { v: 'plumless' })
    // CRC-32 of both is 0x4ddb0c25.
    await request(sessions, cookie, (session) => (session['v'] = 'buckeroo'))
    expect(await dataOf(sessions, cookie)).toEqual({ v: 'buckeroo' })
  })

  it('survives closing the browser when it is permanent, with its cookie', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { a: 1 })
    const lineAfter = async (permanent: boolean): Promise<string | undefined> => {
      const visit = await openVisit(sessions, cookie)
      visit.session.permanent = permanent
      return cookieLine(await visit.close())
    }
    expect(await lineAfter(true)).toContain(
      `${cookie}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=2678400;`,
    )
    expect(await lineAfter(true)).toBeUndefined()
    expect(await lineAfter(false)).toBe(`${cookie}; Path=/; Secure; HttpOnly; SameSite=Lax`)
  })

  it('is rejected when it is larger than 64 KiB, and stays as it was', async () => {
    const { sessions, store } = createWorld()
    const cookie = await begin(sessions, { a: 1 })
    store.forget()
    const error = await rejection(request(sessions, cookie, (session) => (session['b'] = 'x'.repeat(65_536))))
    expect(error).toBeInstanceOf(RecordTooLargeError)
    expect(error).toMatchObject({
      bytes: 65_536 + '{"a":1,"b":""}'.length,
      limit: 65_536,
      sizes: [
        { key: 'b', bytes: 65_536 + 6 },
        { key: 'a', bytes: 5 },
      ],
    })
    expect(store.calls).toEqual(['read'])
    expect(await dataOf(sessions, cookie)).toEqual({ a: 1 })
    const most = 'x'.repeat(65_536 - '{"a":1,"b":""}'.length)
    await request(sessions, cookie, (session) => (session['b'] = most))
    expect(await dataOf(sessions, cookie)).toEqual({ a: 1, b: most })
  })

  it('is rejected when two requests together make it larger, and can still be read', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { a: 1 })
    const [one, two] = [await openVisit(sessions, cookie), await openVisit(sessions, cookie)]
    one.session['one'] = 'x'.repeat(60_000)
    two.session['two'] = 'y'.repeat(60_000)
    await one.close()
    const events = await eventsOf(async () => {
      expect(await rejection((async () => two.close())())).toBeInstanceOf(RecordTooLargeError)
    })
    expect(events).toEqual(['session_refused too_large'])
    expect(await dataOf(sessions, cookie)).toMatchObject({ a: 1, one: expect.any(String) as string })
  })
})

describe('store calls for sessions', () => {
  it('are not made without a cookie and without data (R29)', async () => {
    const { sessions, store, memory } = createWorld()
    for (const header of [undefined, '', 'other=1; theme=dark', []]) {
      const visit = openVisit(sessions, header)
      expect(visit).not.toBeInstanceOf(Promise)
      const { session } = await visit
      expect(session['a']).toBeUndefined()
      expect(cookieLine(await (await visit).close())).toBeUndefined()
    }
    for (const _ of times(1000, () => 0)) await request(sessions, undefined, () => undefined)
    expect(store.calls).toEqual([])
    expect(memory.size).toBe(0)
  })

  it('are not made for a value without the format of a session cookie (R24)', async () => {
    const { sessions, store } = createWorld()
    const good = Buffer.alloc(48, 7).toString('base64url')
    for (const index of times(10_000, (index) => index)) {
      const at = index % 64
      const shapes = [
        good.slice(0, at),
        good + index,
        `${good.slice(0, at)}${['+', '/', '.', '%', '=', '"', '\u{e9}', ','][index % 8]}${good.slice(at + 1)}`,
        `${good.slice(0, 63)}${' =\\\n\t~!\u{100}'[index % 8]}`,
        good.slice(0, 43),
        `../${index}`,
        index.toString(36),
      ]
      const visit = openVisit(sessions, `${NAME}=${shapes[index % shapes.length]}`)
      expect(visit).not.toBeInstanceOf(Promise)
    }
    expect(store.calls).toEqual([])
    expect(await request(sessions, `${NAME}=../../etc/passwd`, () => undefined)).toBeUndefined()
  })

  it('are one read if nothing changes', async () => {
    const { sessions, store } = createWorld()
    const cookie = await begin(sessions, { a: { b: 1 } }, 'alice')
    store.forget()
    await request(sessions, cookie, (session) => {
      expect(session['a']).toEqual({ b: 1 })
      session['a'] = { b: 1 }
      session['c'] = undefined
      expect([session.isChanged, session.explain().closes]).toEqual([false, 'unchanged'])
    })
    expect(store.calls).toEqual(['read'])
  })

  it('have a fixed number for every kind of request', async () => {
    const { sessions, store } = createWorld()
    const callsOf = async (
      cookie: string | undefined,
      handle: Parameters<typeof request>[2],
    ): Promise<string> => {
      store.forget()
      await request(sessions, cookie, handle as never)
      return store.calls.join(' ')
    }
    const fresh = (): Promise<string> => begin(sessions, { a: 1 }, 'alice')
    expect(await callsOf(undefined, (session) => Object.assign(session, { a: 1 }))).toBe('create')
    expect(await callsOf(undefined, (session) => session.login('bob'))).toBe('create')
    expect(await callsOf(await fresh(), (session) => Object.assign(session, { a: 2 }))).toBe('read replace')
    expect(await callsOf(await fresh(), (session) => session.update(() => undefined))).toBe('read')
    expect(await callsOf(await fresh(), (session) => session.logout())).toBe('read replace')
    expect(await callsOf(await fresh(), (session) => session.destroy())).toBe('read replace')
    expect(await callsOf(await begin(sessions, { a: 1 }), (session) => session.clear())).toBe('read replace')
    expect(await callsOf(await fresh(), (session) => session.clear())).toBe('read replace')
    expect(await callsOf(await fresh(), (session) => session.login('bob'))).toBe('read replace')
    expect(await callsOf(await fresh(), (session) => session.regenerate())).toBe('read replace')
    expect(await callsOf(await fresh(), (session) => session.take('a' as never))).toBe('read replace')
    const restart = await callsOf(await fresh(), (session) => {
      session.logout()
      Object.assign(session, { a: 2 })
    })
    expect(restart).toBe('read replace')
  })

  it('are one replace for a renewal, after a twentieth of the idle window and not before (R36)', async () => {
    const world = createWorld()
    const { sessions, store } = world
    const cookie = await begin(sessions, { a: 1 })
    store.forget()
    world.at = BEGIN + 179
    await request(sessions, cookie, () => undefined)
    expect(store.calls).toEqual(['read'])
    world.at = BEGIN + 180
    const visit = await openVisit(sessions, cookie)
    expect(visit.session.explain().closes).toBe('renewed')
    expect(cookieLine(await visit.close())).toBeUndefined()
    expect(store.calls).toEqual(['read', 'read', 'replace'])
    world.at = BEGIN + 180 + 3599
    expect(await dataOf(sessions, cookie)).toEqual({ a: 1 })
    world.at = BEGIN + 180 + 3600
    expect(await dataOf(sessions, cookie)).toEqual({})
  })

  it('pass the expiry in milliseconds, so that the store can delete by itself', async () => {
    const { sessions, store } = createWorld()
    await begin(sessions, { a: 1 })
    expect(store.records.at(-1)?.expiresAt).toBe((BEGIN + 3600) * 1000)
  })
})

describe('login', () => {
  it('issues a new id and a new cookie; the old cookie is invalid, and other data is dropped (R27, R28)', async () => {
    const world = createWorld()
    const { sessions, memory } = world
    const planted = await begin(sessions, { cart: [1], note: 'anonymous' })
    const cookie = await request(sessions, planted, (session) => {
      session.login('alice', { keep: ['cart'] })
      session['name'] = 'Alice'
    })
    expect(cookie).not.toBe(planted)
    const { session } = await openVisit(sessions, cookie)
    expect([session.subject, dataOn(session)]).toEqual(['alice', { cart: [1], name: 'Alice' }])
    const attacker = await openVisit(sessions, planted)
    expect([attacker.session.subject, attacker.session.isNew]).toEqual([undefined, true])
    expect(attacker.session.explain().opened).toBe('superseded')
    world.at += 61
    expect((await openVisit(sessions, planted)).session.explain().opened).toBe('ended')
    expect(memory.size).toBe(1)
  })

  it('keeps the row and its key, and whoever planted the cookie can write nothing to it', async () => {
    const { sessions, memory, store } = createWorld()
    const planted = await begin(sessions, { cart: [1] })
    const cookie = present(
      await request(sessions, planted, (session) => session.login('alice', { keep: ['cart'] })),
    )
    expect(keyOf(cookie)).toBe(keyOf(planted))
    const standing = await memory.read(keyOf(cookie))
    store.forget()
    const writing = request(sessions, planted, (session) => (session['cart'] = ['planted']))
    expect(await rejection(writing)).toBeInstanceOf(SessionGoneError)
    expect(await memory.read(keyOf(cookie))).toBe(standing)
    expect(store.calls).toEqual(['read'])
  })

  it('with a superseded planted cookie gets a new row', async () => {
    const { sessions, memory } = createWorld()
    const planted = await begin(sessions, { cart: [1] })
    const victim = await request(sessions, planted, (session) => session.login('alice'))
    const own = present(await request(sessions, planted, (session) => session.login('mallory')))
    expect(keyOf(own)).not.toBe(keyOf(planted))
    expect((await openVisit(sessions, victim)).session.subject).toBe('alice')
    expect((await openVisit(sessions, own)).session.subject).toBe('mallory')
    expect(memory.size).toBe(2)
  })

  it.each([
    ['a whole cookie', () => Buffer.alloc(48, 9).toString('base64url')],
    ['a chosen verifier after a valid locator', (good: string) => good.slice(0, 22) + 'A'.repeat(42)],
    ['a chosen locator before a valid verifier', (good: string) => 'A'.repeat(22) + good.slice(22)],
  ])('never adopts a chosen cookie (R26): %s', async (_, choose) => {
    const { sessions, memory } = createWorld()
    const good = await begin(sessions, { mine: 1 })
    const chosen = `${NAME}=${choose(good.slice(NAME.length + 1))}`
    expect((await openVisit(sessions, chosen)).session.explain().opened).toBe('ended')
    const cookie = await request(sessions, chosen, (session) => (session['a'] = 1))
    expect(cookie).not.toBe(chosen)
    expect(keyOf(present(cookie))).not.toBe(keyOf(chosen))
    expect(await dataOf(sessions, chosen)).toEqual({})
    expect(await dataOf(sessions, cookie)).toEqual({ a: 1 })
    expect(await dataOf(sessions, good)).toEqual({ mine: 1 })
    expect(memory.size).toBe(2)
  })

  it('does not delete a cookie that it has superseded, even once that is forgotten', async () => {
    const world = createWorld()
    const { sessions } = world
    const old = await begin(sessions, { a: 1 })
    await request(sessions, old, (session) => session.login('alice'))
    expect(await request(sessions, old, () => undefined)).toBe(old)
    world.at += 61
    expect(await request(sessions, old, () => undefined)).toBe(old)
  })

  it('lets the store find a subject’s sessions without naming the subject', async () => {
    const { sessions, store } = createWorld()
    await begin(sessions, { a: 1 }, 'alice')
    await begin(sessions, { b: 1 }, 'alice')
    const hash = present(store.records.at(-1)?.subject)
    const found: string[] = []
    for await (const [key] of store.bySubject?.(hash) ?? []) found.push(key)
    expect(found).toHaveLength(2)
    expect(hash).not.toContain('alice')
  })
})

describe('the content of the store', () => {
  it('contains neither cookie nor id nor data (R22, R23)', async () => {
    const { sessions, store } = createWorld()
    const seen: string[] = []
    const spied = createSessions({
      secrets: [secretNamed('newest')],
      now: () => BEGIN * 1000,
      store: storeAround(store, (call, go) => {
        seen.push(call.key, JSON.stringify(call.record ?? {}))
        return go()
      }),
    })
    const cookies = [await begin(spied, { secret: 'canary-data' }, 'canary-subject')]
    cookies.push(present(await request(spied, cookies[0], (session) => session.regenerate())))
    cookies.push(
      present(
        await request(spied, cookies[1], (session) => session.login('canary-two', { keep: ['secret'] })),
      ),
    )
    const dump = seen.join('\n')
    const { session } = await openVisit(sessions, cookies[2])
    const canaries = [session.id, 'canary-data', 'canary-subject', 'canary-two', secretNamed('newest')]
    for (const cookie of cookies) {
      const value = cookie.slice(NAME.length + 1)
      // The whole cookie, and its locator and verifier alone, rounded to whole characters.
      canaries.push(value, value.slice(0, 20), value.slice(24))
    }
    for (const canary of canaries) {
      const bytes = [Buffer.from(canary), Buffer.from(canary, 'base64url')]
      const spellings = bytes.flatMap((value) => [
        value.toString('hex'),
        value.toString('base64url'),
        value.toString('base64'),
      ])
      for (const spelling of [canary, ...spellings]) expect(dump).not.toContain(spelling)
    }
  })

  it('does not open under another row, another name or another audience', async () => {
    const { sessions, memory, another } = createWorld()
    const [mine, victim] = [await begin(sessions, { me: 1 }), await begin(sessions, { admin: true }, 'root')]
    const [mineText, victimText] = [await memory.read(keyOf(mine)), await memory.read(keyOf(victim))].map(
      present,
    )
    const stays = { expiresAt: (BEGIN + 3600) * 1000 }
    await memory.replace(keyOf(mine), revisionOf(present(mineText)), { text: present(victimText), ...stays })
    const visit = await openVisit(sessions, mine)
    expect([dataOn(visit.session), visit.session.explain().opened]).toEqual([{}, 'forged'])
    for (const options of [{ audience: 'shop' }, { cookie: { name: 'other' } }]) {
      const others = another(options)
      const header = victim.replace(NAME, others.cookie.name)
      expect((await others.open(header)).session.explain().opened).toBe('ended')
      const copied = keyOf(header, others.cookie.name, options.audience)
      await memory.create(copied, { text: present(victimText), ...stays })
      expect((await others.open(header)).session.explain().opened).toBe('unknown_key')
    }
  })

  it.each([
    ['cut', (text: string) => text.slice(0, 50), 'malformed'],
    [
      'changed',
      (text: string) => `${text.slice(0, 60)}${text[60] === 'A' ? 'B' : 'A'}${text.slice(61)}`,
      'forged',
    ],
    ['written by hand', () => '{"admin":true}', 'malformed'],
    ['empty', () => '', 'malformed'],
    ['no text', () => null as unknown as string, 'malformed'],
  ])(
    'leads to an anonymous session if it was %s, and the next write works (R64)',
    async (_, change, reason) => {
      const { sessions, memory } = createWorld()
      const cookie = await begin(sessions, { a: 1 })
      const text = present(await memory.read(keyOf(cookie)))
      await memory.replace(keyOf(cookie), revisionOf(text), {
        text: change(text),
        expiresAt: (BEGIN + 3600) * 1000,
      })
      const events = await eventsOf(async () => {
        expect(await request(sessions, cookie, (session) => Object.keys(session))).toBeUndefined()
      })
      expect(events).toEqual([`cookie_rejected ${reason}`])
      const next = await request(sessions, cookie, (session) => (session['b'] = 2))
      expect(next).not.toBe(cookie)
      expect(await dataOf(sessions, next)).toEqual({ b: 2 })
    },
  )

  it.each([
    ['no object', true, '[1]'],
    ['an unknown tag', true, '{"a":{"$what":1}}'],
    ['a subject that is none', true, '{"$":{"subject":1}}'],
    ['a record without the head of a row', false, '{"a":1}'],
  ])('is rejected if a valid seal contains %s', async (_, isRow, text) => {
    const { sessions, memory } = createWorld()
    const cookie = `${NAME}=${Buffer.alloc(48, 5).toString('base64url')}`
    const { proofOf } = createCookieHashes(keysOf().storeContext)
    const row = {
      proof: proofOf(cookie.slice(NAME.length + 1)),
      replaced: '',
      superseded: [],
      order: undefined,
    }
    const sealer = createSealer({ secrets: [secretNamed('newest')], purpose: 'store', name: NAME })
    const sealed = sealer.seal({ ...fieldsWith({}), text: isRow ? writeRow(row, text) : text }, keyOf(cookie))
    await memory.create(keyOf(cookie), { text: sealed, expiresAt: (BEGIN + 3600) * 1000 })
    expect((await openVisit(sessions, cookie)).session.explain().opened).toBe('corrupt')
  })

  it('is rejected once it has expired, even if the store still returns it (R32)', async () => {
    const world = createWorld()
    const { sessions, memory, store, another } = world
    const cookie = await begin(sessions, { a: 1 })
    const text = present(await memory.read(keyOf(cookie)))
    const lying = another({ store: { ...store, read: async () => text } })
    expect(await dataOf(lying, cookie)).toEqual({ a: 1 })
    world.at = BEGIN + 3600
    const visit = await lying.open(cookie)
    expect([dataOn(visit.session), visit.session.explain().opened]).toEqual([{}, 'expired_idle'])
    expect(cookieLine(await visit.close())).toContain('Max-Age=0')
  })

  it('cannot be used under another id, nor with another verifier', async () => {
    const { sessions, memory, store, another } = createWorld()
    const victim = await begin(sessions, { admin: true }, 'root')
    const text = present(await memory.read(keyOf(victim)))
    const lying = another({ store: { ...store, read: async () => text } })
    const other = `${NAME}=${Buffer.alloc(48, 5).toString('base64url')}`
    expect((await lying.open(other)).session.explain().opened).toBe('forged')
    const located = victim.slice(0, NAME.length + 1 + 22) + other.slice(NAME.length + 1 + 22)
    expect((await lying.open(located)).session.explain().opened).toBe('ended')
  })
})

describe('secrets that change (R59, R60)', () => {
  it('read records of an older secret, and seal them with the newest at the next write', async () => {
    const { sessions: before, another } = createWorld()
    const cookie = await begin(before, { a: 1 })
    const during = another({ secrets: [secretNamed('next'), secretNamed('newest')] })
    const visit = await during.open(cookie)
    expect([dataOn(visit.session), visit.session.explain().opened]).toEqual([{ a: 1 }, 'opened_stale'])
    visit.session['b'] = 2
    expect(cookieLine(await visit.close())).toBeUndefined()
    const after = another({ secrets: [secretNamed('next')] })
    expect(await dataOf(after, cookie)).toEqual({ a: 1, b: 2 })
  })

  it('do not open a record of a removed secret, and do not delete its cookie', async () => {
    const { sessions, another } = createWorld()
    const cookie = await begin(sessions, { a: 1 })
    const after = another({ secrets: [secretNamed('next')] })
    const visit = await after.open(cookie)
    expect([dataOn(visit.session), visit.session.explain().opened]).toEqual([{}, 'unknown_key'])
    expect(cookieLine(await visit.close())).toBeUndefined()
    const fresh = await request(after, cookie, (session) => (session['b'] = 2))
    expect(fresh).not.toBe(cookie)
    expect(await dataOf(sessions, cookie)).toEqual({ a: 1 })
  })
})
