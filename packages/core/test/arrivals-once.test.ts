import { describe, expect, it } from 'vitest'
import { openVisit } from '../src/adapter.ts'
import { logout, look, MODES, moved, seenBy } from './arrivals-once-support.ts'
import { ADA, UNTIL } from './arrivals-support.ts'
import { BEGIN, eventsOf, request, secretNamed, times } from './store-support.ts'

/* A foreign cookie stays valid for as long as its library would accept it. Nevertheless it arrives only once. */

describe.each(MODES)('a foreign session, with ours %s,', (_, modeOf) => {
  it('does not come back after a logout, on whatever server', async () => {
    const { sessions, another, cookie } = moved(modeOf)
    const own = await request(sessions, cookie, look)
    await request(sessions, own, logout)
    const events = await eventsOf(async () => {
      expect(await seenBy(sessions, cookie)).toBeUndefined()
      expect(await seenBy(another(), cookie)).toBeUndefined()
    })
    expect(events).toEqual(['arrival_refused ended', 'arrival_refused ended'])
  })

  it('does not arrive again if its cookie is spelled differently', async () => {
    const { sessions, cookie } = moved(modeOf)
    const own = await request(sessions, cookie, look)
    await request(sessions, own, logout)
    expect(await seenBy(sessions, `${cookie}==`)).toBeUndefined()
  })

  it('does not arrive again after a change of the secret or of the cookie name', async () => {
    const { sessions, another, cookie } = moved(modeOf)
    const own = await request(sessions, cookie, look)
    await request(sessions, own, logout)
    const secrets = [secretNamed('newer'), secretNamed('newest')]
    expect(await seenBy(another({ secrets }), cookie)).toBeUndefined()
    const renamed = { name: 'sid', previous: [{ name: sessions.cookie.name }] }
    expect(await seenBy(another({ secrets, cookie: renamed }), cookie)).toBeUndefined()
  })

  it('is recorded for exactly as long as it could arrive', async () => {
    const { world, sessions, library } = moved(modeOf)
    const over = BEGIN + 500
    const cookie = library.cookieFor({ data: { n: 1 }, endsAt: over })
    await request(sessions, await request(sessions, cookie, look), logout)
    world.at = over + 61
    await world.memory.sweep?.((world.at + 3600) * 1000)
    expect(world.memory.size).toBe(0)
    const { records } = world.store
    expect(records.map(({ expiresAt }) => expiresAt / 1000)).toContain(over + 60)
    await request(sessions, library.cookieFor(ADA), look)
    expect(records.map(({ expiresAt }) => expiresAt / 1000)).toContain(UNTIL + 60)
  })

  it('becomes one session for 50 simultaneous first requests on two servers', async () => {
    const { sessions, another, cookie, library } = moved(modeOf)
    const servers = [sessions, another()]
    const visits = await Promise.all(times(50, async (n) => openVisit(servers[n % 2] ?? sessions, cookie)))
    expect(new Set(visits.map(({ session }) => session.id)).size).toBe(1)
    visits.forEach(({ session }, n) => (session[`k${n}`] = n))
    const lines = await Promise.all(visits.map(async (visit) => visit.close()))
    expect(library.reads).toBe(50)
    if (sessions.mode === 'cookie') return
    const own = lines[0]?.find(([name, line]) => name === 'Set-Cookie' && !line.startsWith('old='))?.[1] ?? ''
    const visit = await openVisit(sessions, own.slice(0, own.indexOf(';')))
    expect(Object.keys(visit.session)).toHaveLength(51)
    expect(await sessions.listFor('ada')).toHaveLength(1)
  })

  it('is found by late requests until they have our cookie', async () => {
    const { sessions, cookie } = moved(modeOf)
    const own = await request(sessions, cookie, look)
    expect(await seenBy(sessions, cookie)).toBe('ada')
    await request(sessions, own, (session) => session.regenerate())
    // The browser is about to have another cookie: this request changes nothing.
    const visit = await openVisit(sessions, cookie)
    expect([visit.session.subject, visit.session.explain().opened]).toEqual([undefined, 'superseded'])
  })

  it('does not arrive if its subject was revoked after it began', async () => {
    const { world, sessions, another, library } = moved(modeOf)
    await another().revokeAll('ada')
    const events = await eventsOf(async () => {
      expect(await seenBy(sessions, library.cookieFor({ ...ADA, beganAt: BEGIN - 10 }))).toBeUndefined()
      expect(await seenBy(sessions, library.cookieFor(ADA))).toBeUndefined()
    })
    expect(events).toEqual(['arrival_refused revoked', 'arrival_refused revoked'])
    // There is never a second row, because a login in it could end another login.
    expect(world.store.calls.filter((call) => call === 'create')).toHaveLength(1)
    expect(await seenBy(sessions, library.cookieFor({ user: 'bob' }))).toBe('bob')
  })

  it('with an unknown start does not arrive even months after its subject was revoked', async () => {
    const { world, sessions, cookie } = moved(modeOf)
    await sessions.revokeAll('ada')
    world.at = UNTIL - 1
    await world.memory.sweep?.(world.at * 1000)
    expect(await seenBy(sessions, cookie)).toBeUndefined()
  })

  it('arrives if it began after its subject was revoked', async () => {
    const { world, sessions, library } = moved(modeOf)
    await sessions.revokeAll('ada')
    world.at += 100
    expect(await seenBy(sessions, library.cookieFor({ ...ADA, beganAt: BEGIN + 90 }))).toBe('ada')
  })

  it('ends when its subject is revoked after the arrival', async () => {
    const { sessions, cookie } = moved(modeOf)
    const own = await request(sessions, cookie, look)
    await sessions.revokeAll('ada')
    expect(await seenBy(sessions, own)).toBeUndefined()
    expect(await seenBy(sessions, cookie)).toBeUndefined()
  })

  it('has its foreign record deleted by one of its requests once it has arrived', async () => {
    let deleted = 0
    const forget = async (): Promise<void> => void deleted++
    const { sessions, cookie } = moved(modeOf, { forget })
    await Promise.all(times(5, async () => seenBy(sessions, cookie)))
    expect(deleted).toBe(1)
    const staying = moved(modeOf, { forget, leave: false })
    await seenBy(staying.sessions, staying.cookie)
    expect(deleted).toBe(1)
  })
})

describe('a foreign session, with ours in the cookie and no ledger,', () => {
  it('keeps its foreign record, which another request of the browser may still need', async () => {
    let deleted = 0
    const forget = async (): Promise<void> => void deleted++
    const { sessions, cookie } = moved(() => ({ store: undefined, revocation: 'none' }), { forget })
    expect(await Promise.all(times(2, async () => seenBy(sessions, cookie)))).toEqual(['ada', 'ada'])
    expect(deleted).toBe(0)
  })
})

describe('a foreign session, with ours in a store,', () => {
  it('needs four store calls to arrive, and six with a subject', async () => {
    const { world, sessions, library } = moved(() => ({}))
    await request(sessions, library.cookieFor({ data: { n: 1 } }), look)
    expect(world.store.calls).toEqual(['read', 'create', 'read', 'create'])
    world.store.forget()
    await request(sessions, library.cookieFor(ADA), look)
    expect(world.store.calls).toEqual(['read', 'read', 'create', 'read', 'read', 'create'])
  })

  it('is one of the devices of its subject, and counts against their limit', async () => {
    const { another, library } = moved(() => ({}))
    const sessions = another({ maxPerSubject: 2 })
    for (const n of [1, 2, 3]) await request(sessions, library.cookieFor({ ...ADA, data: { n } }), look)
    const devices = await sessions.listFor('ada')
    expect(devices).toHaveLength(2)
  })

  it('makes the request fail if the store fails, unless whenStoreFails allows an anonymous session', async () => {
    const { world, sessions, another, cookie } = moved(() => ({}))
    world.store.always('fails')
    await expect(seenBy(sessions, cookie)).rejects.toMatchObject({ code: 'KEEPSAKE_STORE' })
    expect(await seenBy(another({ whenStoreFails: 'anonymous' }), cookie)).toBeUndefined()
    world.store.always(undefined)
    expect(await seenBy(sessions, cookie)).toBe('ada')
  })
})
