import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@keepsake/testing/client'
import { DEMO } from 'example-shop'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { IS_LONG } from '@keepsake/test-services'
import { LOGIN_APPS } from './apps.ts'
import { type Server, startServer } from './server.ts'

const data = mkdtempSync(join(tmpdir(), 'stories-'))
afterAll(() => rmSync(data, { recursive: true }))

const SESSION_SECRET = randomBytes(32).toString('base64url')

/** A page, after a form has been sent with these fields. */
async function submit(client: Client, path: string, fields: Record<string, string>): Promise<string> {
  const body = new URLSearchParams(fields).toString()
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' }
  const { values } = await client.request(path, { method: 'POST', headers, body })
  return (await client.request(values('Location')[0] ?? '/')).text
}

const LOGIN = { username: DEMO.username, password: DEMO.password }

/** What the hood says of a cookie that has the session in it, and of one that leads to the store. */
const SEALED = /part-tag/
const STORED = /Random bytes\.<[^]*The data lies in the store/

/** What they do alike: each hands over its storage to createSessions as it is. */
const APPS = IS_LONG ? LOGIN_APPS : LOGIN_APPS.slice(0, 1)

describe.each(APPS)('$name on overflow', ({ name }) => {
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
    expect(stored).toMatch(
      /A letter of \d+ characters lies beside your cart[^]*Walden[^]*Take the letter away/,
    )
    const sealed = await submit(client, '/cart/add', { sku: 'letter' })
    expect(sealed).toMatch(SEALED)
    expect(sealed).toMatch(/The letter is gone[^]*Walden[^]*Add a long letter/)
  })

  it.each([
    ['sealed in its cookie', 'revoked', SEALED],
    ['in the store', 'ended', STORED],
  ])('refuses a copied cookie after the logout of a session %s', async (_, reason, place) => {
    await submit(client, '/login', LOGIN)
    if (place === STORED) await submit(client, '/cart/add', { sku: 'letter' })
    const page = await client.request('/account')
    expect(page.text).toMatch(place)
    expect(page.text).toContain('Log out, and try the copy')
    const tried = await submit(client, '/logout', { copy: 'try' })
    expect(tried).toContain(`as by somebody who copied it, and was refused: ${reason}.`)
    expect((await client.request('/account')).status).toBe(303)
  })
})
