import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { SessionConflictError, SessionUnopenedError, StoreError } from '../src/base/errors.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import { browserWith, createServers, PLACES, seen, type Shaping } from './schema-support.ts'
import { createBrowser, createClock, rejectionOf, setCookie } from './support.ts'
import { dataOn, eventsOf } from './store-support.ts'

/** One name, and a counter. */
const OLD = { schema: z.object({ name: z.string(), n: z.number().optional() }), version: 1 }
/** Two names: data of one version does not fit the other. */
const NEW = {
  schema: z.strictObject({ first: z.string(), last: z.string(), n: z.number().optional() }),
  version: 2,
  migrate: (old: Record<string, unknown>, version: number): object => {
    const [first = '', last = ''] = String(old['name']).split(' ')
    return { first, last, ...(old['n'] !== undefined && { n: old['n'] }), ...(version !== 1 && { version }) }
  },
} satisfies Shaping
/** Data of each of the two versions fits the other one. */
const WIDER = {
  schema: z.object({ name: z.string(), n: z.number().optional(), theme: z.string().optional() }),
  version: 2,
}

const ADA = { name: 'Ada Lovelace' }
const ADA_NEW = { first: 'Ada', last: 'Lovelace' }

/** For data that needs no migration. */
function asked(): never {
  throw new Error('a migration was asked for')
}

describe.each(PLACES)('a deploy that changes the shape of sessions %s', (_, options) => {
  it('migrates older data at each read until it is saved, without causing a write', async () => {
    const server = createServers(options())
    const { cookie } = await browserWith(server(OLD), ADA, 'ada')
    const browser = createBrowser(server(NEW), cookie)
    for (let visit = 0; visit < 3; visit++) {
      expect(await seen(browser)).toEqual([ADA_NEW, 'opened', 'unchanged'])
      expect(setCookie(await browser.visit((session) => session['first']))).toBeUndefined()
    }
    await browser.visit((session) => (session['n'] = 1))
    // Without a migration: the data is already stored in the new shape.
    const settled = createBrowser(server({ ...NEW, migrate: undefined }), browser.cookie)
    expect(await seen(settled)).toEqual([{ ...ADA_NEW, n: 1 }, 'opened', 'unchanged'])
    expect(await settled.ask((session) => session.subject)).toBe('ada')
  })

  it('migrates data without a version', async () => {
    const server = createServers(options())
    const { cookie } = await browserWith(server(), ADA)
    const versions: number[] = []
    const migrate = (_old: object, version: number): object => (versions.push(version), ADA_NEW)
    expect(await seen(createBrowser(server({ ...NEW, migrate }), cookie))).toEqual([
      ADA_NEW,
      'opened',
      'unchanged',
    ])
    expect(new Set(versions)).toEqual(new Set([0]))
  })

  it('migrates older data even if it is valid', async () => {
    const server = createServers(options())
    const { cookie } = await browserWith(server(OLD), { ...ADA, n: 12 })
    const inCents = { ...OLD, version: 2, migrate: (old: object) => ({ ...old, n: 1200 }) }
    expect((await seen(createBrowser(server(inCents), cookie)))[0]).toEqual({ ...ADA, n: 1200 })
  })

  it('migrates invalid data although the version was not raised', async () => {
    const server = createServers(options())
    const { cookie } = await browserWith(server({ schema: OLD.schema }), ADA)
    const migrate = (): object => ADA_NEW
    expect((await seen(createBrowser(server({ schema: NEW.schema, migrate }), cookie)))[0]).toEqual(ADA_NEW)
  })

  it.each<[string, (old: object) => unknown]>([
    ['throws', () => JSON.parse('no') as unknown],
    ['gives up', () => undefined],
    ['gives a text', () => 'text'],
    ['returns invalid data', () => ({ first: 'Ada' })],
  ])('begins empty, and deletes nothing, if the migration %s', async (__, migrate) => {
    const server = createServers(options())
    const { cookie } = await browserWith(server(OLD), ADA)
    const browser = createBrowser(server({ ...NEW, migrate }), cookie)
    const headers = await browser.visit(async () =>
      expect(await seen(browser)).toEqual([{}, 'unfit', 'empty']),
    )
    expect(setCookie(headers)).toBeUndefined()
    expect((await seen(createBrowser(server(OLD), cookie)))[0]).toEqual(ADA)
  })

  it('writes its own version for data in an empty or a new session', async () => {
    const server = createServers(options())
    for (const subject of [undefined, 'ada']) {
      const browser = await browserWith(server(NEW), {}, subject)
      await browser.visit((session) => Object.assign(session, ADA_NEW))
      const later = createBrowser(server({ ...NEW, migrate: asked }), browser.cookie)
      expect(await seen(later)).toEqual([ADA_NEW, 'opened', 'unchanged'])
      await later.visit((session) => (session.destroy(), Object.assign(session, ADA_NEW)))
      expect(await seen(later)).toEqual([ADA_NEW, 'opened', 'unchanged'])
    }
  })

  it('rejects a migration that returns a promise, by its name', async () => {
    const server = createServers(options())
    const { cookie } = await browserWith(server(OLD), ADA)
    const late = createBrowser(server({ ...NEW, migrate: async () => ADA_NEW }), cookie)
    expect(await rejectionOf(seen(late))).toEqual(
      new TypeError('migrate: must return the data synchronously, but returned a promise'),
    )
  })

  it('lets a server of the previous version continue with data that it accepts, without loss for the new version', async () => {
    const server = createServers(options())
    const { cookie } = await browserWith(server(WIDER), { ...ADA, theme: 'dark' })
    const old = createBrowser(server(OLD), cookie)
    expect(await seen(old)).toEqual([{ ...ADA, theme: 'dark' }, 'opened', 'unchanged'])
    await old.visit((session) => (session['n'] = 1))
    // It still has the new version, so it is not migrated a second time.
    const back = createBrowser(server({ ...WIDER, migrate: asked }), old.cookie)
    expect(await seen(back)).toEqual([{ ...ADA, theme: 'dark', n: 1 }, 'opened', 'unchanged'])
  })

  it('makes a server of the previous version begin empty with data that it rejects, and delete nothing', async () => {
    const server = createServers(options())
    const { cookie } = await browserWith(server(NEW), ADA_NEW, 'ada')
    const old = createBrowser(server({ ...OLD, migrate: () => ADA }), cookie)
    const events = await eventsOf(async () => {
      const headers = await old.visit((session) => {
        expect([session.subject, dataOn(session)]).toEqual([undefined, {}])
      })
      expect(setCookie(headers)).toBeUndefined()
    })
    expect(events).toEqual(['session_refused unfit'])
    const back = createBrowser(server(NEW), cookie)
    expect(await back.ask((session) => [session.subject, dataOn(session)])).toEqual(['ada', ADA_NEW])
  })

  it('keeps the limits, the flash messages and the expiries of migrated data', async () => {
    const clock = createClock()
    const server = createServers(options())
    const at = { now: clock.now, lifetime: { permanent: '31d' } } as const
    const { cookie } = await browserWith(server(OLD, at), ADA, 'ada')
    const old = createBrowser(server(OLD, at), cookie)
    await old.visit((session) => {
      session['n'] = 1
      session.expire('n', '10m')
      session.permanent = '7d'
      session.flash('info', 'Saved')
    })
    clock.at += 600
    const browser = createBrowser(server(NEW, at), old.cookie)
    expect(await seen(browser)).toEqual([ADA_NEW, 'opened', 'unchanged'])
    expect(
      await browser.ask((session) => [session.flash('info'), session.expiresAt.getTime() / 1000 - clock.at]),
    ).toEqual([['Saved'], 7 * 86_400 - 600])
  })
})

it('a logout of a session with invalid data ends it, or throws', async () => {
  const store = createServers({ store: memoryStore(), revocation: undefined })
  const { cookie } = await browserWith(store(NEW), ADA_NEW, 'ada')
  const old = createBrowser(store(OLD), cookie)
  const error = await rejectionOf(old.visit((session) => session.logout()))
  expect(error).toEqual(new SessionUnopenedError('unfit'))

  const sealed = createServers({})
  const browser = createBrowser(sealed(OLD), (await browserWith(sealed(NEW), ADA_NEW)).cookie)
  await browser.visit((session) => session.logout())
  expect(browser.cookie).toBeUndefined()
})

function createRow() {
  const server = createServers({ store: memoryStore(), revocation: undefined })
  const open = async (shaping: Shaping, cookie: string | undefined) => server(shaping).open(cookie)
  return { server, open }
}

describe('while both versions of a deploy write to one row', () => {
  it('the new version merges the old one’s writes after migrating them', async () => {
    const { server, open } = createRow()
    const { cookie } = await browserWith(server(OLD), ADA)
    const visit = await open(NEW, cookie)
    visit.session.update((data) => {
      data['n'] = Number(data['n'] ?? 0) + 1
    })
    await createBrowser(server(OLD), cookie).visit((session) =>
      Object.assign(session, { name: 'Ada King', n: 10 }),
    )
    await visit.close()
    expect(dataOn(visit.session)).toEqual({ first: 'Ada', last: 'King', n: 11 })
    expect((await seen(createBrowser(server({ ...NEW, migrate: undefined }), cookie)))[0]).toEqual({
      first: 'Ada',
      last: 'King',
      n: 11,
    })
  })

  it('the old version does not overwrite the new one’s data, which it cannot read', async () => {
    const { server, open } = createRow()
    const { cookie } = await browserWith(server(OLD), ADA)
    const visit = await open(OLD, cookie)
    visit.session['n'] = 1
    await createBrowser(server(NEW), cookie).visit((session) => (session['n'] = 5))
    const error = await rejectionOf(visit.close())
    expect(error).toBeInstanceOf(StoreError)
    expect((error as Error).message).not.toContain('Ada')
    expect((await seen(createBrowser(server(NEW), cookie)))[0]).toEqual({ ...ADA_NEW, n: 5 })
  })

  it('the old version merges data that it accepts, and keeps the rest as it is', async () => {
    const { server, open } = createRow()
    const { cookie } = await browserWith(server(OLD), ADA)
    const visit = await open(OLD, cookie)
    visit.session['n'] = 1
    await createBrowser(server(WIDER), cookie).visit((session) => (session['theme'] = 'dark'))
    await visit.close()
    expect(await seen(createBrowser(server({ ...WIDER, migrate: asked }), cookie))).toEqual([
      { ...ADA, theme: 'dark', n: 1 },
      'opened',
      'unchanged',
    ])
  })

  it('a reload, a watch and a list of devices of the old version continue to work', async () => {
    const { server, open } = createRow()
    const { cookie } = await browserWith(server(OLD), ADA, 'ada')
    const visit = await open(OLD, cookie)
    const watch = visit.session.watch()[Symbol.asyncIterator]()
    const change = watch.next()
    await createBrowser(server(NEW), cookie).visit((session) => (session['n'] = 5))
    expect(await rejectionOf(visit.session.reload())).toMatchObject({ code: 'KEEPSAKE_SESSION_GONE' })
    expect((await change).value).toBe('revoked')
    expect(await server(OLD).listFor('ada')).toHaveLength(1)
  })
})

describe('the merged data of two requests', () => {
  const schema = z
    .object({ a: z.number().default(0), b: z.number().default(0) })
    .refine(({ a, b }) => a + b <= 10)

  it('is a conflict if it is invalid although each part is valid, and nothing is written', async () => {
    const server = createServers({ store: memoryStore(), revocation: undefined })({ schema })
    const { cookie } = await browserWith(server, { a: 1, b: 1 })
    const visit = await server.open(cookie)
    visit.session['a'] = 9
    await createBrowser(server, cookie).visit((session) => (session['b'] = 9))
    expect(await rejectionOf(visit.close())).toEqual(new SessionConflictError('all of it'))
    expect((await seen(createBrowser(server, cookie)))[0]).toEqual({ a: 1, b: 9 })
  })

  it('begins no new session from invalid leftovers after the session was ended', async () => {
    const server = createServers({ store: memoryStore(), revocation: undefined })(OLD)
    const { cookie } = await browserWith(server, ADA)
    const visit = await server.open(cookie)
    visit.session['n'] = 1
    await createBrowser(server, cookie).visit((session) => session.destroy())
    expect(await rejectionOf(visit.close())).toMatchObject({ code: 'KEEPSAKE_SESSION_GONE' })
    expect(await seen(createBrowser(server, cookie))).toEqual([{}, 'ended', 'empty'])
  })

  it('begins a new session of this version from valid leftovers', async () => {
    const optional = { schema: OLD.schema.partial(), version: 3 }
    const server = createServers({ store: memoryStore(), revocation: undefined })
    const { cookie } = await browserWith(server(optional), ADA)
    const browser = createBrowser(server(optional), cookie)
    const visit = await server(optional).open(cookie)
    visit.session['n'] = 1
    await createBrowser(server(optional), cookie).visit((session) => session.destroy())
    const line = setCookie(await visit.close()) ?? ''
    browser.cookie = line.slice(0, line.indexOf(';'))
    const later = createBrowser(server({ ...optional, migrate: asked }), browser.cookie)
    expect(await seen(later)).toEqual([{ n: 1 }, 'opened', 'unchanged'])
  })

  it('is a login without data if its leftovers are invalid', async () => {
    const server = createServers({ store: memoryStore(), revocation: undefined })(OLD)
    const { cookie } = await browserWith(server, ADA, 'ada')
    const browser = createBrowser(server, cookie)
    const visit = await server.open(cookie)
    visit.session['n'] = 1
    visit.session.login('ada')
    await createBrowser(server, cookie).visit((session) => session.logout())
    const line = setCookie(await visit.close()) ?? ''
    browser.cookie = line.slice(0, line.indexOf(';'))
    expect(await browser.ask((session) => [session.subject, dataOn(session)])).toEqual(['ada', {}])
  })

  it('does not lose a required key to `take`', async () => {
    const server = createServers({ store: memoryStore(), revocation: undefined })(OLD)
    const { cookie } = await browserWith(server, { ...ADA, n: 1 })
    const visit = await server.open(cookie)
    expect(await rejectionOf(visit.session.take('name'))).toMatchObject({ path: 'name' })
    expect(await visit.session.take('n')).toBe(1)
    expect((await seen(createBrowser(server, cookie)))[0]).toEqual(ADA)
  })
})
