import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@keepsake/testing/client'
import { DEMO } from 'example-shop'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { IS_LONG } from '@keepsake/test-services'
import { isAffectedApp, LOGIN_APPS } from './apps.ts'
import { type Server, startServer } from './server.ts'

const data = mkdtempSync(join(tmpdir(), 'stories-'))
afterAll(() => rmSync(data, { recursive: true }))

const SESSION_SECRET = randomBytes(32).toString('base64url')

/** A page after a form with these fields has been sent. */
async function submit(client: Client, path: string, fields: Record<string, string>): Promise<string> {
  const body = new URLSearchParams(fields).toString()
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' }
  const { values } = await client.request(path, { method: 'POST', headers, body })
  return (await client.request(values('Location')[0] ?? '/')).text
}

const LOGIN = { username: DEMO.username, password: DEMO.password }

/** What the panel says of a cookie that contains the session, and of one for a session in the store. */
const SEALED = /part-tag/
const STORED = /Random bytes\.<[^]*The data is in the store/

/** One app is enough for each change, because all of them pass their storage to createSessions unchanged. */
const TESTED = IS_LONG ? LOGIN_APPS : LOGIN_APPS.slice(0, 1)
const APPS = TESTED.filter(({ name }) => isAffectedApp(name))

describe.each(APPS)('the shop $name with STORE=overflow', ({ name }) => {
  let server: Server
  let client: Client
  beforeAll(async () => {
    server = await startServer(name, { SESSION_SECRET, STORE: 'overflow', DATA: join(data, name) })
  })
  beforeEach(() => void (client = createClient(server.url)))
  afterEach(() => client.close())
  afterAll(() => server.stop())

  it('moves a cart into the store when it outgrows the cookie, and back when it fits again', async () => {
    expect(await submit(client, '/cart/add', { sku: 'walden' })).toMatch(SEALED)
    const stored = await submit(client, '/cart/add', { sku: 'letter' })
    expect(stored).toMatch(STORED)
    expect(stored).toMatch(/A letter of \d+ characters is now in your session[^]*Walden[^]*Remove the letter/)
    const sealed = await submit(client, '/cart/add', { sku: 'letter' })
    expect(sealed).toMatch(SEALED)
    expect(sealed).toMatch(/The letter is removed[^]*Walden[^]*Add a long letter/)
  })

  it.each([
    ['sealed in its cookie', 'revoked', SEALED],
    ['in the store', 'ended', STORED],
  ])('refuses a copied cookie after a logout, with the session %s', async (_, reason, place) => {
    await submit(client, '/login', LOGIN)
    if (place === STORED) await submit(client, '/cart/add', { sku: 'letter' })
    const page = await client.request('/account')
    expect(page.text).toMatch(place)
    expect(page.text).toContain('Log out, and try the copy')
    const tried = await submit(client, '/logout', { copy: 'try' })
    expect(tried).toContain(`as someone with a copy of it would, and refused it: ${reason}.`)
    expect((await client.request('/account')).status).toBe(303)
  })
})
