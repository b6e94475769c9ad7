import { openVisit } from '../../src/adapter.ts'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createSealer } from '../../src/sealer.ts'
import { publishCrossOriginError, SESSION_CHANNEL, type SessionEvent } from '../../src/base/events.ts'
import type { SessionsOptions } from '../../src/sessions/options.ts'
import type { Sessions } from '../../src/sessions/sessions.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import type { Store } from '../../src/store/store.ts'
import {
  createBrowser,
  createClock,
  present,
  SECRET,
  secretOf,
  sessionsOf,
  START,
  warningsOf,
} from '../support.ts'

let events: SessionEvent[] = []
const listen = (message: unknown): void => {
  events.push(message as SessionEvent)
}

beforeEach(() => {
  events = []
  subscribe(SESSION_CHANNEL, listen)
})
afterEach(() => {
  unsubscribe(SESSION_CHANNEL, listen)
})

const told = (): string[] => events.map(({ type, reason }) => `${type}: ${reason}`)

async function cookieWith(
  data: object,
  sessions: Sessions<Record<string, unknown>> = sessionsOf(),
): Promise<string> {
  const browser = createBrowser(sessions)
  await browser.visit((session) => {
    Object.assign(session, data)
  })
  events = []
  return present(browser.cookie)
}

/** A browser whose session has data. */
async function browserOf(sessions: Sessions<Record<string, unknown>>) {
  const browser = createBrowser(sessions)
  await browser.visit((session) => void (session['n'] = 1))
  return browser
}

async function failSlowly(): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, 6))
  throw new Error('down')
}

/** A store that delays the first call of each request. */
function slowed(pause: () => Promise<void>): Store {
  const store = memoryStore()
  return {
    ...store,
    read: async (key) => pause().then(() => store.read(key)),
    create: async (key, record) => pause().then(() => store.create(key, record)),
    replace: async (key, from, record) => pause().then(() => store.replace(key, from, record)),
  }
}

const FIELDS = {
  created: START,
  issued: START,
  expires: START + 3600,
  permanent: false,
  sid: Buffer.alloc(16, 1),
  text: '{"n":1}',
}
const tokenWith = (change: Partial<typeof FIELDS>): string =>
  `__Host-session=${createSealer({ secrets: [SECRET], name: '__Host-session' }).seal({ ...FIELDS, ...change })}`

describe('the events of opening', () => {
  it.each<[string, () => Promise<string | undefined> | string | undefined, string[]]>([
    ['no cookie', () => undefined, []],
    ['a cookie of another name', () => 'other=1', []],
    ['a valid cookie', () => cookieWith({ n: 1 }), ['session_opened: opened']],
    ['junk', () => '__Host-session=junk', ['cookie_rejected: malformed']],
    [
      'one of another secret',
      () => cookieWith({ n: 1 }, sessionsOf({ secrets: [secretOf('x')] })),
      ['cookie_rejected: unknown_key'],
    ],
    [
      'a forged one',
      async () => `${(await cookieWith({ n: 1 })).slice(0, -4)}AAAA`,
      ['cookie_rejected: forged'],
    ],
    ['one whose text is not a record', () => tokenWith({ text: '[]' }), ['cookie_rejected: corrupt']],
    [
      'one that has the name of a control among its keys, which is left out',
      () => tokenWith({ text: '{"destroy":1}' }),
      ['session_opened: opened', 'session_key_dropped: control_name'],
    ],
    [
      'an idle one',
      () => tokenWith({ created: START - 3600, issued: START - 3600 }),
      ['session_expired: expired_idle'],
    ],
    ['an old one', () => tokenWith({ created: START - 86_400 }), ['session_expired: expired_absolute']],
    [
      'an old permanent one',
      () => tokenWith({ created: START - 31 * 86_400, permanent: true }),
      ['session_expired: expired_permanent'],
    ],
    ['one past its own end', () => tokenWith({ expires: START }), ['session_expired: expired_as_issued']],
    ['one of the future', () => tokenWith({ issued: START + 61 }), ['cookie_rejected: issued_in_future']],
    ['a header of more than 16 KiB', () => `a=${'x'.repeat(16_384)}`, ['cookie_rejected: header_too_large']],
    [
      'two valid ones',
      async () => `${await cookieWith({ n: 1 })}; ${await cookieWith({ n: 2 })}`,
      ['cookie_rejected: ambiguous_cookie'],
    ],
  ])('are the expected ones for %s', async (_, headerOf, expected) => {
    const header = await headerOf()
    events = []
    const browser = createBrowser(sessionsOf(), header)
    await browser.ask((session) => session.id)
    expect(told()).toEqual(expected)
  })

  it('report a session that an older secret opened', async () => {
    const old = await cookieWith({ n: 1 }, sessionsOf({ secrets: [secretOf('old')] }))
    await createBrowser(sessionsOf({ secrets: [SECRET, secretOf('old')] }), old).ask((session) => session.id)
    expect(told()).toEqual(['session_opened: opened_stale'])
  })

  it('are published once, and only when a handler uses the session', async () => {
    const visit = await openVisit(sessionsOf(), '__Host-session=junk')
    expect(events).toEqual([])
    expect(visit.session).toBe(visit.session)
    expect(events).toHaveLength(1)
  })
})

describe('the events of closing', () => {
  it('report each step of a session, with the same reference as long as it keeps its id', async () => {
    const clock = createClock()
    const browser = createBrowser(sessionsOf({ now: clock.now }))
    await browser.visit((session) => session.isNew)
    await browser.visit((session) => {
      session['n'] = 1
    })
    await browser.visit((session) => {
      session['n'] = 2
    })
    clock.at += 600
    await browser.visit((session) => session['n'])
    await browser.visit((session) => session.regenerate())
    await browser.visit((session) => session.logout())
    expect(told()).toEqual([
      'session_created: created',
      'session_opened: opened',
      'session_changed: changed',
      'session_opened: opened',
      'session_renewed: renewed',
      'session_opened: opened',
      'session_renewed: regenerated',
      'session_opened: opened',
      'session_destroyed: destroyed',
    ])
    const refs = events.map(({ ref }) => ref)
    expect(new Set(refs.slice(0, 6)).size).toBe(1)
    expect(new Set(refs.slice(6)).size).toBe(1)
    expect(refs[6]).not.toBe(refs[5])
    for (const ref of refs) expect(ref).toMatch(/^[0-9a-f]{16}$/)
  })

  it('report rejected commits and late changes', async () => {
    const visit = await openVisit(sessionsOf(), undefined)
    visit.session['n'] = () => 1
    expect(() => visit.close()).toThrow('session data: n')
    visit.session['n'] = 'x'.repeat(5000)
    expect(() => visit.close()).toThrow('4096')
    visit.session['n'] = 1
    await visit.close()
    visit.session['n'] = 2
    visit.settle()
    expect(told()).toEqual([
      'session_refused: unkeepable',
      'session_refused: too_large',
      'session_created: created',
      'session_refused: late',
    ])
  })

  it('report a late change to a listener, after any number of visits without one', async () => {
    const browser = createBrowser(sessionsOf())
    const sessions = sessionsOf()
    await browser.visit((session) => (session['n'] = 1))
    const visitLate = async (change: (session: Record<string, unknown>) => void): Promise<void> => {
      const visit = await openVisit(sessions, browser.cookie)
      void visit.session.id
      await visit.close()
      change(visit.session)
      visit.settle()
    }
    for (let visits = 0; visits < 1001; visits++) await visitLate(() => undefined)
    events = []
    await visitLate((session) => (session['n'] = 2))
    expect(told()).toEqual(['session_opened: opened', 'session_refused: late'])
  })

  it('are not published for explain(), for unchanged sessions and for deleting an invalid cookie', async () => {
    const browser = createBrowser(sessionsOf(), '__Host-session=junk')
    await browser.visit((session) => session.explain())
    expect(told()).toEqual(['cookie_rejected: malformed'])
  })
})

describe('the events of problems that an adapter detects', () => {
  it.each([
    ['cacheable_cookie', 'cacheable_response', 'KEEPSAKE_CACHEABLE_RESPONSE'],
    ['cacheable_look', 'cacheable_response', 'KEEPSAKE_CACHEABLE_RESPONSE'],
    ['plain_http', 'insecure_connection', 'KEEPSAKE_INSECURE_CONNECTION'],
  ] as const)('report %s each time, with one warning', async (what, type, code) => {
    const visit = await openVisit(sessionsOf(), undefined)
    expect(visit.session.isNew).toBe(true)
    const codes = await warningsOf(() => {
      visit.warn(what)
      visit.warn(what)
    })
    expect(told()).toEqual([`${type}: ${what}`, `${type}: ${what}`])
    expect(events[0]?.ref).toMatch(/^[0-9a-f]{16}$/)
    expect(codes).toEqual([code])
  })

  it('are checked for in every response while something subscribes to the events', async () => {
    const visit = await openVisit(sessionsOf(), undefined)
    // In workerd, this property of a channel is a function.
    for (let responses = 0; responses <= 1000; responses++) expect(visit.needsCheck).toBeTruthy()
  })

  it('are not published for a visit whose session was not used', async () => {
    const visit = await openVisit(sessionsOf(), undefined)
    expect(await warningsOf(() => visit.warn('plain_http'))).toEqual([])
    expect(events).toEqual([])
  })
})

describe('the event of a rejected request', () => {
  it('has the reason, and the name of the cookie if it is known', () => {
    publishCrossOriginError('cross_site', '__Host-session')
    publishCrossOriginError('no_origin')
    const event = { type: 'cross_origin_refused', ref: undefined, mode: undefined, isRenewal: false }
    expect(events).toEqual([
      { ...event, reason: 'cross_site', cookie: '__Host-session' },
      { ...event, reason: 'no_origin', cookie: '' },
    ])
    expect(events.every((told) => Object.isFrozen(told))).toBe(true)
  })
})

describe('an event (R70)', () => {
  it('has a type, a reason, the name of the cookie and a reference, and cannot be changed', async () => {
    await cookieWith({ n: 1 })
    const browser = createBrowser(sessionsOf())
    await browser.visit((session) => session.login('alice'))
    expect(events).toEqual([
      {
        type: 'session_created',
        reason: 'created',
        cookie: '__Host-session',
        ref: expect.stringMatching(/^[0-9a-f]{16}$/) as unknown,
        storeMs: undefined,
        bytes: '{"$":{"subject":"alice"}}'.length,
        mode: 'cookie',
        isRenewal: false,
      },
    ])
    expect(events.every((event) => Object.isFrozen(event))).toBe(true)
  })

  it('has a flag that shows whether a write has extended an existing session', async () => {
    const clock = createClock()
    const sessions = sessionsOf({ now: clock.now })
    const browser = createBrowser(sessions)
    const visit = async (change: (session: Record<string, unknown>) => unknown): Promise<void> => {
      clock.at += 600
      await browser.visit(change)
    }
    await visit((session) => (session['n'] = 1))
    await visit((session) => session['n'])
    await visit((session) => (session['n'] = 2))
    const polling = await openVisit(sessions, browser.cookie, { extend: false })
    polling.session['n'] = 3
    await polling.close()
    expect(events.map(({ reason, isRenewal }) => `${reason}: ${isRenewal}`)).toEqual([
      'created: false',
      'opened: false',
      'renewed: true',
      'opened: false',
      'changed: true',
      'opened: false',
      'changed: false',
    ])
  })

  it('has the place of the record, also for a session that moves between its cookie and a store', async () => {
    const browser = createBrowser(sessionsOf({ overflow: memoryStore() }))
    await browser.visit((session) => (session['text'] = 'short'))
    await browser.visit((session) => (session['text'] = 'x'.repeat(5000)))
    await browser.visit((session) => (session['text'] = 'short'))
    await browser.visit((session) => session.logout())
    expect(events.map(({ reason, mode }) => `${reason}: ${mode}`)).toEqual([
      'created: cookie',
      'opened: cookie',
      'changed: store',
      'opened: store',
      'changed: cookie',
      'opened: cookie',
      'destroyed: undefined',
    ])
  })

  it.each<[string, (work: () => Promise<void>) => Partial<SessionsOptions>]>([
    ['a store', (pause) => ({ store: slowed(pause), revocation: undefined })],
    ['overflow', (pause) => ({ overflow: slowed(pause) })],
    ['a revocation list', (pause) => ({ revocation: { ...slowed(pause), isVolatile: false } })],
  ])('has the duration of %s and the size of the record', async (_, optionsFor) => {
    // A timer never fires early, so this is the minimum duration of the store call.
    const options = optionsFor(() => new Promise((resolve) => setTimeout(resolve, 6)))
    const browser = createBrowser(sessionsOf({ ...options, revocationCache: 0 }))
    const data = { text: 'é'.repeat(3000) }
    const isStored = options.revocation === undefined || options.revocation === 'none'
    const kept = isStored ? data : { text: 'é' }
    await browser.visit((session) => void (session.login('ada'), Object.assign(session, kept)))
    await browser.visit((session) => void (session['n'] = 1))
    await browser.visit((session) => session.logout())
    const text = JSON.stringify({ ...kept, $: { subject: 'ada' } })
    const longer = JSON.stringify({ ...kept, n: 1, $: { subject: 'ada' } })
    expect(events.map(({ reason, bytes }) => [reason, bytes])).toEqual([
      ['created', Buffer.byteLength(text)],
      ['opened', Buffer.byteLength(text)],
      ['changed', Buffer.byteLength(longer)],
      ['opened', Buffer.byteLength(longer)],
      ['destroyed', undefined],
    ])
    for (const { storeMs } of events) expect(storeMs).toBeGreaterThanOrEqual(5)
  })

  it('has the duration of a failed store call, and none if the store was not called', async () => {
    const store = memoryStore()
    const failing = { ...store, create: failSlowly, read: failSlowly, replace: failSlowly }
    const { cookie } = await browserOf(sessionsOf({ store, revocation: undefined }))
    const sessions = sessionsOf({ store: failing, revocation: undefined, whenStoreFails: 'anonymous' })
    events = []
    const failed = createBrowser(sessions, cookie).visit((session) => void (session['n'] = 1))
    await failed.catch(() => undefined)
    await sessionsOf()
      .open('__Host-session=made-up')
      .then(({ session }) => session.isNew)
    expect(events.map(({ reason, bytes }) => [reason, bytes])).toEqual([
      ['store_failed', undefined],
      ['store_failed', undefined],
      ['malformed', undefined],
    ])
    const [opened, closed, rejected] = events.map(({ storeMs }) => storeMs)
    expect(opened).toBeGreaterThanOrEqual(5)
    expect(closed).toBeGreaterThanOrEqual(5)
    expect(rejected).toBeUndefined()
  })

  it.each(['after one that was written', 'after one that has failed', 'by a take'])(
    'does not include the duration of an earlier commit of the request: %s',
    async (which) => {
      const store = memoryStore()
      const schema = z.object({ n: z.number(), more: z.number().optional() })
      const { cookie } = await browserOf(sessionsOf({ store, revocation: undefined }))
      const failing = which === 'after one that has failed' ? { ...store, replace: failSlowly } : store
      const options = { store: failing, revocation: undefined, schema }
      const visit = await sessionsOf(options).open(cookie)
      events = []
      visit.session['more'] = 2
      if (which === 'by a take') await visit.session.take('n').catch(() => undefined)
      else await visit.session.save().catch(() => undefined)
      visit.session['n'] = () => undefined
      await visit.close().catch(() => undefined)
      expect(events.at(-1)).toMatchObject({ reason: 'unkeepable', storeMs: undefined })
      expect(events.filter(({ storeMs }) => storeMs !== undefined)).toHaveLength(2)
    },
  )

  it('contains no token, id, secret, subject or session data', async () => {
    const browser = createBrowser(sessionsOf())
    const hidden: string[] = [SECRET]
    for (let request = 0; request < 4; request++) {
      await browser.visit((session) => {
        session.login('canary-subject')
        session['canary-key'] = `canary-value-${request}`
        hidden.push(session.id, Buffer.from(session.id, 'base64url').toString('hex'))
      })
      hidden.push(present(browser.token))
    }
    await createBrowser(sessionsOf(), `${browser.cookie}x; other=canary`).visit((session) => session.isNew)
    const text = JSON.stringify(events)
    expect(events.length).toBeGreaterThan(4)
    expect(text).not.toContain('canary')
    for (const secret of hidden) expect(text).not.toContain(secret)
  })

  it('has a different reference under another secret', async () => {
    const cookie = tokenWith({})
    const refsWith = async (secrets: string[]): Promise<(string | undefined)[]> => {
      events = []
      await createBrowser(sessionsOf({ secrets }), cookie).ask((session) => session.id)
      return events.map(({ ref }) => ref)
    }
    const [one, other] = [await refsWith([SECRET]), await refsWith([secretOf('new'), SECRET])]
    expect(one).toHaveLength(1)
    expect(other).toHaveLength(1)
    expect(one).not.toEqual(other)
  })

  it('has no reference without a session', async () => {
    await createBrowser(sessionsOf(), '__Host-session=junk').ask((session) => session.id)
    expect(events.map(({ ref }) => ref)).toEqual([undefined])
  })

  it('contains nothing of a hostile header', async () => {
    await createBrowser(sessionsOf(), '__Host-session=canary\r\nInjected: canary').ask(
      (session) => session.id,
    )
    expect(events).toHaveLength(1)
    expect(JSON.stringify(events)).not.toMatch(/canary|\\r|\\n/)
  })
})
