import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSessions } from '@keepsake/core'
import { fileStore } from '@keepsake/store-file'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { serve, type Server } from './serve.ts'
import { linesOf, Visitor } from './visitor.ts'

const SESSION_SECRET = 'pV3xkQ7mT1zL9wR5yB2nC8dF4gH6jK0s'
const READ_ONLY = 'TypeError: this session is read-only: change it within withSession(…)'

const root = mkdtempSync(join(tmpdir(), 'keepsake-next-'))
afterAll(() => rmSync(root, { recursive: true }))

const MODES = [
  { mode: 'a cookie', directory: '' },
  { mode: 'a store', directory: join(root, 'sessions') },
] as const

describe.each(MODES)('on Next.js, a session in $mode', ({ directory }) => {
  let server: Server
  beforeAll(async () => {
    server = await serve({ SESSION_SECRET, DIRECTORY: directory })
  })
  afterAll(() => server.stop())

  const visitor = (): Visitor => new Visitor(server.url)

  /** A visitor who came for the first time this many minutes ago. */
  async function visitorSince(minutes: number): Promise<Visitor> {
    const where = directory === '' ? { revocation: 'none' as const } : { store: fileStore({ directory }) }
    const now = () => Date.now() - minutes * 60_000
    const lifetime = { permanent: { absolute: '30d', idle: '1h' } } as const
    const sessions = createSessions({ secrets: [SESSION_SECRET], lifetime, now, ...where })
    const visit = await sessions.open(undefined)
    visit.session.permanent = true
    visit.session['items'] = ['old']
    const [[, line = ''] = []] = await visit.close()
    await sessions.close()
    return new Visitor(server.url, sessions.cookie.read(line.split(';')[0]))
  }

  it('is one object for all components of a request, and reading it creates no session', async () => {
    const { text, headers } = await visitor().ask('/')
    expect(text).toContain('one session of nobody: nothing. deeper: 0')
    expect(linesOf(headers)).toEqual([])
  })

  it('counts the visits of the site’s sample in a route handler', async () => {
    const anna = visitor()
    expect((await anna.ask('/visits')).text).toBe('visit 1')
    expect((await anna.ask('/visits')).text).toBe('visit 2')
  })

  it('is written by an action, and shown by the page that the action’s response renders', async () => {
    const anna = visitor()
    const { text, headers } = await anna.act('add', { item: 'walden' })
    expect(text).toContain('nobody has walden.')
    expect(linesOf(headers)).toHaveLength(1)
    expect(headers.get('Cache-Control')).toContain('no-store')
    expect((await anna.ask('/')).text).toContain('one session of nobody: walden. deeper: 1')
  })

  it('is written by an action defined next to its component', async () => {
    const anna = visitor()
    expect((await anna.act('addInline')).text).toContain('nobody has inline.')
    expect(await anna.items()).toEqual(['inline'])
  })

  it('is saved with an action’s changes before redirect()', async () => {
    const anna = visitor()
    const { status, headers } = await anna.act('addAndRedirect')
    expect([status, headers.get('Location')]).toEqual([303, '/'])
    expect(await anna.items()).toEqual(['redirected'])
  })

  it('is saved with an action’s changes before notFound()', async () => {
    const anna = visitor()
    expect((await anna.act('addAndMiss')).status).toBe(404)
    expect(await anna.items()).toEqual(['missed'])
  })

  it('is saved with an action’s changes before it throws', async () => {
    const anna = visitor()
    expect((await anna.act('addAndThrow')).status).toBe(500)
    expect(await anna.items()).toEqual(['thrown'])
  })

  it('is shared by two concurrent withSession calls, and saved by the later; a following call in the request opens it again', async () => {
    const anna = visitor()
    const { headers } = await anna.act('addTwice')
    expect(linesOf(headers)).toHaveLength(1)
    expect(await anna.items()).toEqual(['left', 'right', 'next visit'])
  })

  it('is read-only in an action without withSession, and throws an error that says what to do', async () => {
    const anna = visitor()
    const { status, headers } = await anna.act('addUnsaved')
    expect([status, linesOf(headers)]).toEqual([500, []])
    expect(server.complaints()).toContain(READ_ONLY)
  })

  it('gets a new cookie at login, and ends at logout', async () => {
    const anna = visitor()
    await anna.act('add', { item: 'walden' })
    const before = anna.cookie
    expect((await anna.act('logIn')).text).toContain('ada has walden.')
    expect(anna.cookie).not.toBe(before)
    const { text, headers } = await anna.act('logOut')
    expect(text).toContain('nobody has nothing.')
    expect(linesOf(headers)).toEqual([expect.stringContaining('Max-Age=0')])
    expect((await anna.ask('/')).text).toContain('session of nobody: nothing')
  })

  it('makes the action fail without a cookie if it cannot be saved', async () => {
    const { status, headers } = await visitor().act('breakIt')
    expect([status, linesOf(headers)]).toEqual([500, []])
    expect(server.complaints()).toContain('SessionDataError')
  })

  it('is read and written by route handlers, whose responses may not be cached', async () => {
    const anna = visitor()
    const { status, headers } = await anna.ask('/api', { method: 'POST' })
    expect([status, headers.get('Cache-Control'), headers.get('Vary')]).toEqual([
      303,
      'no-store',
      expect.stringContaining('Cookie'),
    ])
    expect(linesOf(headers)).toEqual([expect.stringMatching(/; Path=\/; Secure; HttpOnly; SameSite=Lax$/)])
    expect(await anna.items()).toEqual(['posted'])
    const deleted = await anna.ask('/api', { method: 'DELETE' })
    expect(deleted.headers.get('Cache-Control')).toBe('no-store')
    expect(deleted.headers.get('Vary')).toContain('Accept, Cookie')
    expect(await anna.items()).toEqual([])
  })

  it('is saved with a route handler’s changes before redirect(), whose response may not be cached', async () => {
    const anna = visitor()
    const { status, headers } = await anna.ask('/api?then=redirect', { method: 'POST' })
    expect([status, headers.get('Location'), headers.get('Cache-Control')]).toEqual([307, '/api', 'no-store'])
    expect(await anna.items()).toEqual(['redirect'])
  })

  it('is saved with a route handler’s changes before notFound()', async () => {
    const anna = visitor()
    expect((await anna.ask('/api?then=miss', { method: 'POST' })).status).toBe(404)
    expect(await anna.items()).toEqual(['miss'])
  })

  it('is not changed by a route handler that throws, because Next answers without cookies', async () => {
    const anna = visitor()
    await anna.ask('/api', { method: 'POST' })
    const answer = await anna.ask('/api?then=throw', { method: 'POST' })
    expect([answer.status, linesOf(answer.headers)]).toEqual([500, []])
    expect(await anna.items()).toEqual(['posted'])
  })

  it('makes a route handler respond with the status of the error if it cannot be saved', async () => {
    const answer = await visitor().ask('/api?then=break', { method: 'POST' })
    expect([answer.status, answer.text, linesOf(answer.headers)]).toEqual([500, 'Internal Server Error', []])
    expect(answer.headers.get('Location')).toBeNull()
    // A limit that the README mentions.
    expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(/^other=1/)])
  })

  it('is not changed by a cross-site form if the guard wraps the route handler', async () => {
    const anna = visitor()
    const evil = { Origin: 'https://evil.example' }
    expect((await anna.ask('/guarded', { method: 'POST', headers: evil })).status).toBe(403)
    expect(anna.cookie).toBeUndefined()
    await anna.ask('/guarded', { method: 'POST' })
    expect(await anna.items()).toEqual(['guarded'])
  })

  it('throws if a component changes it, and says what to do', async () => {
    const anna = visitor()
    await anna.act('add', { item: 'walden' })
    const { text, headers } = await anna.ask('/writes')
    const lines = [...text.matchAll(/(\w+): ([^:]+: [^:]+: [^:]+?), around/g)]
    expect(lines.map(([, name, said]) => [name, said])).toEqual(
      ['assign', 'push', 'delete', 'login', 'permanent', 'destroy', 'save', 'flash', 'withSession'].map(
        (name) => [name, READ_ONLY],
      ),
    )
    expect(linesOf(headers)).toEqual([])
    expect(await anna.items()).toEqual(['walden'])
  })

  it('shows a component its messages, which stay until withSession removes them', async () => {
    const anna = visitor()
    await anna.ask('/messages', { method: 'POST' })
    expect((await anna.ask('/flash')).text).toContain('messages: saved')
    expect((await anna.ask('/flash')).text).toContain('messages: saved')
    expect((await anna.ask('/messages')).text).toBe('["saved"]')
    expect((await anna.ask('/flash')).text).toContain('messages: none')
  })

  it('is read by a component that streams', async () => {
    const anna = visitor()
    await anna.act('add', { item: 'walden' })
    const { html } = await anna.ask('/stream')
    expect(html.indexOf('waiting')).toBeLessThan(html.indexOf('streamed walden'))
    expect(html).toContain('waiting')
  })

  it('does not make a static page dynamic for a request without a session', async () => {
    const { headers } = await visitor().ask('/static')
    expect(headers.get('x-nextjs-prerender')).toContain('1')
    expect(headers.get('Cache-Control')).toMatch(/^s-maxage/)
    expect(headers.get('Vary')).not.toContain('Cookie')
  })

  it('is extended by proxy.ts once half of its time has passed, in a response that may not be cached', async () => {
    const fresh = await visitorSince(1)
    expect(linesOf((await fresh.ask('/')).headers)).toEqual([])
    const old = await visitorSince(50)
    const { headers, text } = await old.ask('/static')
    expect(text).toContain('static')
    expect(linesOf(headers)).toEqual([expect.stringContaining('Max-Age=')])
    expect(headers.get('Cache-Control')).toContain('no-store')
    expect(await old.items()).toEqual(['old'])
  })

  it('keeps the changes of an action or a handler in a request in which proxy.ts extends it', async () => {
    const posting = await visitorSince(50)
    const { headers } = await posting.ask('/api', { method: 'POST' })
    expect(linesOf(headers).length).toBeGreaterThan(0)
    expect(await posting.items()).toEqual(['old', 'posted'])
    const leaving = await visitorSince(50)
    expect(linesOf((await leaving.ask('/api', { method: 'DELETE' })).headers).at(-1)).toContain('Max-Age=0')
    expect(await leaving.items()).toEqual([])
  })

  if (directory === '')
    it('works in the application of the documentation as documented', async () => {
      const anna = visitor()
      await anna.submit('/guide', '>Add<', { sku: 'walden' })
      expect((await anna.submit('/guide', '>Log in<', { user: 'ada' })).status).toBe(303)
      expect((await anna.ask('/guide')).text).toContain('Hello ada, you have 1 things in your cart')
      expect((await anna.ask('/guide/cart')).text).toBe('["walden"]')
      await anna.ask('/guide/cart?sku=walden', { method: 'DELETE' })
      expect((await anna.ask('/guide/cart')).text).toBe('[]')
      await anna.submit('/guide', '>Log out<')
      expect((await anna.ask('/guide')).text).toContain('Hello stranger')
    })
  else
    it('keeps the additions of two concurrent actions', async () => {
      const anna = visitor()
      await anna.act('add', { item: 'first' })
      const [one, other] = [new Visitor(server.url, anna.cookie), new Visitor(server.url, anna.cookie)]
      await Promise.all([one.act('add', { item: 'second' }), other.act('addInline')])
      expect((await anna.items()).toSorted()).toEqual(['first', 'inline', 'second'])
    })
})

describe('on Next.js, a change that is not saved', () => {
  it('causes a warning if a handler makes it after its response', async () => {
    const server = await serve({ SESSION_SECRET })
    await new Visitor(server.url).ask('/api?then=late', { method: 'POST' })
    await vi.waitFor(() => expect(server.complaints()).toContain('KEEPSAKE_LATE_CHANGE'), 60_000)
    await server.stop()
  })

  it('causes a warning if a component makes it in a Map, but showing messages does not', async () => {
    const server = await serve({ SESSION_SECRET })
    const anna = new Visitor(server.url)
    await anna.ask('/messages', { method: 'POST' })
    await anna.ask('/flash')
    await anna.ask('/map', { method: 'POST' })
    expect(server.complaints()).toBe('')
    await anna.ask('/writes')
    await vi.waitFor(() => expect(server.complaints()).toContain('KEEPSAKE_LATE_CHANGE'), 60_000)
    await server.stop()
  })
})

it('Next.js without a secret answers 500 and names the option', async () => {
  const server = await serve({ SESSION_SECRET: '' })
  expect((await new Visitor(server.url).ask('/')).status).toBe(500)
  expect(server.complaints()).toContain('secrets[0]: is empty')
  await server.stop()
})

it('a route handler on Next.js answers 503 if the store fails, and a page 500', async () => {
  const directory = join(root, 'failing')
  const server = await serve({ SESSION_SECRET, DIRECTORY: directory })
  const anna = new Visitor(server.url)
  await anna.ask('/api', { method: 'POST' })
  rmSync(directory, { recursive: true })
  writeFileSync(directory, '')
  expect((await anna.ask('/api', { method: 'POST' })).status).toBe(503)
  expect((await anna.ask('/')).status).toBe(500)
  expect((await anna.ask('/static')).status).toBe(200)
  await server.stop()
})

it.each([
  ['created in each entry of Next.js', 'own', 'nothing'],
  ['on the global object', 'shared', 'posted'],
])('a memory store %s is, or is not, shared by pages and route handlers', async (_, MEMORY, shown) => {
  const server = await serve({ SESSION_SECRET, MEMORY })
  const anna = new Visitor(server.url)
  await anna.ask('/api', { method: 'POST' })
  expect(await anna.items()).toEqual(['posted'])
  expect((await anna.ask('/')).text).toContain(`one session of nobody: ${shown}.`)
  await server.stop()
})
