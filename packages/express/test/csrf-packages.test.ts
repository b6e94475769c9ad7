import { randomUUID } from 'node:crypto'
import cookieParser from 'cookie-parser'
import { doubleCsrf } from 'csrf-csrf'
import { csrfSync } from 'csrf-sync'
import type { Request } from 'express'
import lusca from 'lusca'
import { describe, expect, it } from 'vitest'
import { APPS, serve } from './serving.ts'

const post = (token: string) => ({ method: 'POST', headers: { 'X-CSRF-Token': token } })

describe.each(APPS)('CSRF packages in $name, with a session $mode', ({ createApp }) => {
  it('csrf-sync with its defaults throws an error that says what to write instead', async () => {
    const { csrfSynchronisedProtection, generateToken } = csrfSync()
    const app = createApp().use(csrfSynchronisedProtection)
    app.get('/', (req, res) => res.send(generateToken(req)))
    expect((await (await serve(app)).request('/')).text).toBe(
      "'csrfToken' is a session control; store the data under another name; for csrf-sync, set" +
        ' getTokenFromState: (req) => req.session.csrf, storeTokenInState: (req, token) => { req.session.csrf = token }',
    )
  })

  it('csrf-sync works with its own key, even for a visitor without a session', async () => {
    const { csrfSynchronisedProtection, generateToken } = csrfSync({
      getTokenFromState: (req) => req.session['csrf'] as string | undefined,
      storeTokenInState: (req, token) => {
        req.session['csrf'] = token
      },
    })
    const app = createApp().use(csrfSynchronisedProtection)
    app.get('/', (req, res) => res.send(generateToken(req)))
    app.post('/', (_req, res) => res.send('posted'))
    const client = await serve(app)
    const token = (await client.request('/')).text
    expect(await client.request('/', post(token))).toMatchObject({ status: 200, text: 'posted' })
    expect(await client.request('/', post('another'))).toMatchObject({ status: 403 })
  })

  it('csrf-csrf works with a key of the data, even for a visitor without a session, until a login', async () => {
    const { doubleCsrfProtection, generateCsrfToken } = doubleCsrf({
      getSecret: () => 'a secret that is only for tests',
      getSessionIdentifier: (req) => (req.session['visitor'] ??= randomUUID()) as string,
    })
    const app = createApp().use(cookieParser(), doubleCsrfProtection)
    app.get('/', (req, res) => res.send(generateCsrfToken(req, res)))
    app.post('/', (_req, res) => res.send('posted'))
    app.post('/login', (req, res) => {
      req.session.login('ada')
      res.send('in')
    })
    const client = await serve(app)
    const token = (await client.request('/')).text
    expect(await client.request('/', post(token))).toMatchObject({ status: 200, text: 'posted' })
    expect(await client.request('/login', post(token))).toMatchObject({ status: 200, text: 'in' })
    expect(await client.request('/', post(token))).toMatchObject({ status: 403 })
  })

  it('csrf-csrf works with the id of a session that has data', async () => {
    const { doubleCsrfProtection, generateCsrfToken } = doubleCsrf({
      getSecret: () => 'a secret that is only for tests',
      getSessionIdentifier: (req) => req.session.id,
    })
    const app = createApp().use(cookieParser(), doubleCsrfProtection)
    app.get('/', (req, res) => {
      req.session['visits'] = 1
      res.send(generateCsrfToken(req, res))
    })
    app.post('/', (_req, res) => res.send('posted'))
    const client = await serve(app)
    const token = (await client.request('/')).text
    expect(await client.request('/', post(token))).toMatchObject({ status: 200, text: 'posted' })
  })

  it('lusca works with its defaults', async () => {
    const app = createApp().use(lusca.csrf())
    app.get('/', (req, res) => res.send((req as Request & { csrfToken(): string }).csrfToken()))
    app.post('/', (_req, res) => res.send('posted'))
    const client = await serve(app)
    const token = (await client.request('/')).text
    expect(await client.request('/', post(token))).toMatchObject({ status: 200, text: 'posted' })
    expect(await client.request('/', post('another'))).toMatchObject({ status: 403 })
  })
})
