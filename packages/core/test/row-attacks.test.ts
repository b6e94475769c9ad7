import { describe, expect, it } from 'vitest'
import { SessionGoneError } from '../src/base/errors.ts'
import { createCookieHashes, isSameProof } from '../src/modes/store-cookie.ts'
import { readRow } from '../src/store/row.ts'
import { keysOf } from './modes/stored.ts'
import {
  type Action,
  cookieOf,
  EVERYWHERE,
  handleOf,
  IN_COOKIES,
  IN_ROWS,
  keyOf,
  proofOf,
  rowOf,
  valueOf,
} from './row-support.ts'
import {
  begin,
  closed,
  cookieAfter,
  cookieLine,
  createWorld,
  dataOf,
  dataOn,
  present,
  request,
} from './store-support.ts'

/** Possible attempts with a cookie that opens nothing. */
const ATTEMPTS: readonly Action[] = [
  ['reads', () => undefined],
  ['writes', (session) => (session['bait'] = 2)],
  ['counts', (session) => session.update((data) => void (data['n'] = 1))],
  ['regenerates', (session) => session.regenerate()],
  ['destroys', (session) => session.destroy()],
  ['asks for a token', (session) => session.csrfToken()],
  ['leaves a message', (session) => session.flash('info', 'bait')],
]

/** The attempts that are a 409 with a superseded cookie, because something that was set or added is lost. */
const LOSING = /writes|counts|message/

/** The victim logs in with the cookie that the attacker has planted. */
async function planted(place: ReturnType<(typeof EVERYWHERE)[number][1]>) {
  const { sessions, data } = place
  const bait = await begin(sessions, { ...data, bait: 1 })
  const hers = await request(sessions, bait, (session) => {
    session.login('alice', { keep: Object.keys(data) })
    session['secret'] = 'hers'
  })
  return { ...place, bait, hers: present(hers) }
}

describe('an attacker who has planted a cookie before the login', () => {
  it.each(EVERYWHERE)(
    'has an anonymous session at once and after a minute, and sees nothing: %s',
    async (_, at) => {
      const { world, sessions, bait, hers } = await planted(at())
      expect(hers).not.toBe(bait)
      for (const seconds of [0, 1, 59, 2, 3000]) {
        world.at += seconds
        const { session } = await sessions.open(bait)
        expect([session.subject, session['secret']]).toEqual([undefined, undefined])
      }
    },
  )

  it.each(IN_ROWS)('gets superseded for a minute, then ended, and no data: %s', async (_, at) => {
    const { world, sessions, bait } = await planted(at())
    const seen: unknown[] = []
    for (const seconds of [0, 60, 1]) {
      world.at += seconds
      const { session } = await sessions.open(bait)
      seen.push([session.explain().opened, dataOn(session)])
    }
    expect(seen).toEqual([
      ['superseded', {}],
      ['superseded', {}],
      ['ended', {}],
    ])
  })

  it('gets superseded for a minute, then revoked, for revocable sealed sessions', async () => {
    const { world, sessions, bait } = await planted(present(IN_COOKIES[2])[1]())
    const seen: unknown[] = []
    for (const seconds of [0, 60, 1]) {
      world.at += seconds
      const { session } = await sessions.open(bait)
      seen.push([session.explain().opened, dataOn(session)])
    }
    expect(seen).toEqual([
      ['superseded', {}],
      ['superseded', {}],
      ['revoked', {}],
    ])
  })

  describe.each(EVERYWHERE)('of a session %s', (_, at) => {
    it.each(ATTEMPTS)(
      'changes nothing of the victim who %s, at once or after a minute',
      async (name, attempt) => {
        const place = await planted(at())
        const { world, sessions, bait, hers, data } = place
        const before = data['long'] === undefined ? undefined : rowOf(world, hers)
        for (const seconds of [0, 61]) {
          world.at += seconds
          const visit = await sessions.open(bait)
          const isRefused = visit.session.explain().opened === 'superseded' && LOSING.test(name)
          await attempt(visit.session)
          const { error } = await closed(visit)
          expect(error instanceof SessionGoneError).toBe(isRefused)
          const { session } = await sessions.open(hers)
          expect([session.subject, dataOn(session)]).toEqual(['alice', { ...data, secret: 'hers' }])
        }
        if (before !== undefined) expect(rowOf(world, hers)).toBe(before)
      },
    )
  })

  it('cannot log in on the victim’s row, but gets a new row', async () => {
    const { world, sessions, bait, hers } = await planted(present(IN_ROWS[0])[1]())
    const before = rowOf(world, hers)
    const his = await request(sessions, bait, (session) => session.login('mallory', { keep: ['secret'] }))
    expect(rowOf(world, hers)).toBe(before)
    expect(keyOf(valueOf(present(his)))).not.toBe(keyOf(valueOf(hers)))
    expect(await dataOf(sessions, his)).toEqual({})
  })
})

/** The victim's locator with a verifier that is valid for a row of the attacker. */
async function forged() {
  const world = createWorld()
  const { sessions } = world
  const hers = await begin(sessions, { secret: 'hers' }, 'alice')
  const his = valueOf(await begin(sessions, { own: 1 }))
  return { world, sessions, hers, cookie: cookieOf(valueOf(hers).slice(0, 22) + his.slice(22)) }
}

describe('an attacker who knows a row’s locator, but not its verifier,', () => {
  it('finds the same row only with the complete locator', async () => {
    const world = createWorld()
    const value = valueOf(await begin(world.sessions, { a: 1 }))
    // The first 21 characters and the upper 2 bits of the 22nd are the locator.
    expect(keyOf(value.slice(0, 22) + 'A'.repeat(42))).toBe(keyOf(value))
    for (let index = 0; index < 21; index++) {
      const other = value[index] === 'A' ? 'B' : 'A'
      expect(keyOf(value.slice(0, index) + other + value.slice(index + 1))).not.toBe(keyOf(value))
    }
  })

  it('is anonymous, with the same reason as any ended session', async () => {
    const { sessions, hers, cookie } = await forged()
    expect(keyOf(valueOf(cookie))).toBe(keyOf(valueOf(hers)))
    const { session } = await sessions.open(cookie)
    expect([session.explain().opened, session.subject, dataOn(session)]).toEqual(['ended', undefined, {}])
    expect(await sessions.peek(cookie)).toBeUndefined()
  })

  it.each(ATTEMPTS)('writes only a new row if the attacker %s', async (_, attempt) => {
    const { world, sessions, hers, cookie } = await forged()
    const before = rowOf(world, hers)
    world.store.forget()
    await request(sessions, cookie, attempt)
    expect(world.store.calls).not.toContain('replace')
    expect(world.store.calls).not.toContain('delete')
    expect(rowOf(world, hers)).toBe(before)
  })

  it('logs in to a row with another locator: the attacker’s verifier is never adopted', async () => {
    const { world, sessions, hers, cookie } = await forged()
    const before = rowOf(world, hers)
    const his = present(await request(sessions, cookie, (session) => session.login('alice')))
    expect(keyOf(valueOf(his))).not.toBe(keyOf(valueOf(cookie)))
    expect(valueOf(his).slice(22)).not.toBe(valueOf(cookie).slice(22))
    expect(rowOf(world, hers)).toBe(before)
  })

  it('revokes nothing without naming the subject', async () => {
    const { sessions, hers } = await forged()
    const handle = Buffer.from(keyOf(valueOf(hers)), 'hex').toString('base64url')
    expect(handle).toBe(await handleOf(sessions, 'alice'))
    expect(await sessions.revoke(handle, { subject: undefined })).toBe(false)
    expect(await sessions.revoke(handle, { subject: 'mallory' })).toBe(false)
    expect(await dataOf(sessions, hers)).toEqual({ secret: 'hers' })
    expect(await sessions.revoke(handle, { subject: 'alice' })).toBe(true)
    expect(await dataOf(sessions, hers)).toEqual({})
  })

  it('is not confused with the visitor’s late request right after the row got a new cookie', async () => {
    const { sessions, hers, cookie } = await forged()
    await request(sessions, hers, (session) => session.regenerate())
    expect((await sessions.open(hers)).session.explain().opened).toBe('superseded')
    expect((await sessions.open(cookie)).session.explain().opened).toBe('ended')
  })

  it('gets no cookie when only reading', async () => {
    const { sessions, cookie } = await forged()
    const visit = await sessions.open(cookie)
    expect(dataOn(visit.session)).toEqual({})
    expect(cookieLine(await visit.close())).toBeUndefined()
  })
})

describe('the proof of a row', () => {
  it('is compared completely: a cookie with any other character opens nothing', async () => {
    const { sessions } = createWorld()
    const value = valueOf(await begin(sessions, { secret: 1 }, 'alice'))
    for (let index = 0; index < value.length; index++) {
      // Flips the lowest bit of the character's value.
      const bytes = Buffer.from(value, 'base64url')
      const bit = 6 * index + 5
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7))
      const other = bytes.toString('base64url')
      expect(other).not.toBe(value)
      const { session } = await sessions.open(cookieOf(other))
      expect([index, session.explain().opened, dataOn(session)]).toEqual([index, 'ended', {}])
    }
    expect(await dataOf(sessions, cookieOf(value))).toEqual({ secret: 1 })
  })

  it('is compared to its last character, whatever character differs', () => {
    const proof = proofOf('A'.repeat(64))
    expect(proof).toMatch(/^[\w-]{22}$/)
    expect(isSameProof(proof, proof)).toBe(true)
    for (let index = 0; index < proof.length; index++) {
      const other = proof.slice(0, index) + (proof[index] === 'A' ? 'B' : 'A') + proof.slice(index + 1)
      expect([index, isSameProof(proof, other)]).toEqual([index, false])
    }
  })

  it('is all that the store has of a verifier: even the dump and the secrets together make no cookie', async () => {
    const world = createWorld()
    const { sessions, store } = world
    const cookie = await begin(sessions, { secret: 1 }, 'alice')
    const value = valueOf(cookie)
    const { text } = present(store.records[0])
    const opened = keysOf().sealer('store').open(text, keyOf(value))
    const row = opened.ok ? opened.fields.text : ''
    const secret = Buffer.from(value, 'base64url').subarray(16)
    const locator = Buffer.from(value, 'base64url').subarray(0, 16)
    const dump = row + keyOf(value) + text
    for (const part of [secret, locator])
      for (const form of ['base64url', 'hex', 'latin1'] as const)
        expect(dump).not.toContain(part.toString(form))
    const { proof } = present(readRow(row))
    expect(proof).toBe(proofOf(value))
    // The best guess: the proof from the store instead of the unknown verifier.
    const guesses = [Buffer.from(proof, 'base64url'), Buffer.from(keyOf(value), 'hex')]
    for (const guess of guesses) {
      const made = Buffer.concat([locator, guess, Buffer.alloc(32)])
        .subarray(0, 48)
        .toString('base64url')
      expect((await sessions.open(cookieOf(made))).session.explain().opened).toBe('ended')
    }
  })

  it('differs in another application with the same secret', async () => {
    const world = createWorld()
    const cookie = await begin(world.sessions, { secret: 1 })
    const elsewhere = world.another({ audience: 'admin' })
    expect(await dataOf(elsewhere, cookie)).toEqual({})
    const copy = present(rowOf(world, cookie))
    const theirs = createCookieHashes(keysOf(undefined, 'admin').storeContext)
    expect(theirs.proofOf(valueOf(cookie))).not.toBe(proofOf(valueOf(cookie)))
    const key = theirs.keyOf(valueOf(cookie))
    await world.memory.create(key, { text: copy, expiresAt: (world.at + 60) * 1000 })
    expect((await elsewhere.open(cookie)).session.explain().opened).toBe('unknown_key')
  })

  it('does not match a row copied under another key', async () => {
    const world = createWorld()
    const [his, hers] = [
      await begin(world.sessions, { his: 1 }),
      await begin(world.sessions, { hers: 1 }, 'alice'),
    ]
    const text = present(rowOf(world, hers))
    const key = keyOf(valueOf(his))
    await world.memory.delete(key)
    await world.memory.create(key, { text, expiresAt: (world.at + 60) * 1000 })
    expect(await dataOf(world.sessions, his)).toEqual({})
  })
})

it('a login with the password, in a request held since before, gets no data of a second factor', async () => {
  const world = createWorld()
  const planted = await begin(world.sessions, { cart: [1] })
  const his = await world.sessions.open(planted)
  await request(world.another(), planted, (session) => {
    session.login('alice', { keep: ['cart'] })
    session['secondFactor'] = true
  })
  his.session.login('alice', { keep: ['cart'] })
  const cookie = cookieAfter(await his.close(), planted)
  expect(await dataOf(world.sessions, cookie)).toEqual({ cart: [1] })
})
