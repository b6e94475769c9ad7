import connectFlash from 'connect-flash'
import type { Express } from 'express'
import expressFlash from 'express-flash'
import { describe, expect, it } from 'vitest'
import { APPS, serve } from './serving.ts'

const FLASHES: readonly (readonly [string, (app: Express) => Express])[] = [
  ['req.flash', (app) => app],
  ['connect-flash', (app) => app.use(connectFlash())],
  ['express-flash', (app) => app.use(expressFlash())],
]

describe.each(APPS.flatMap((app) => FLASHES.map(([flash, use]) => ({ ...app, flash, use }))))(
  '$flash in $name, with a session $mode',
  ({ createApp, use }) => {
    it('shows messages once, on the next page that reads them, by category or all', async () => {
      const app = use(createApp())
      app.get('/add', (req, res) => {
        req.flash('info', 'saved')
        req.flash('info', '%s of %d', 'one', 2)
        req.flash('error', ['no', 'never'])
        res.send('added')
      })
      app.get('/info', (req, res) => res.json(req.flash('info')))
      app.get('/', (req, res) => res.json(req.flash()))
      const client = await serve(app)
      const ask = async (path: string): Promise<unknown> => JSON.parse((await client.request(path)).text)
      await client.request('/add')
      expect(await ask('/info')).toEqual(['saved', 'one of 2'])
      expect(await ask('/info')).toEqual([])
      expect(await ask('/')).toEqual({ error: ['no', 'never'] })
      expect(await ask('/')).toEqual({})
    })

    it('accepts any category, even the name of an object’s property', async () => {
      const app = use(createApp())
      app.get('/', (req, res) => {
        req.flash('__proto__', 'a')
        req.flash('constructor', 'b')
        const messages = req.flash()
        res.json(Object.entries(messages))
      })
      const answer = await (await serve(app)).request('/')
      expect(JSON.parse(answer.text)).toEqual([
        ['__proto__', ['a']],
        ['constructor', ['b']],
      ])
    })

    it('throws for a message that is not text, and says what is expected', async () => {
      const app = use(createApp())
      app.get('/', (req) => {
        req.flash('errors', [{ msg: 'no' }] as never)
      })
      expect((await (await serve(app)).request('/')).text).toBe('session.flash: expected a message as text')
    })
  },
)

describe.each(APPS)('flash messages in $name, with a session $mode', ({ createApp }) => {
  it('express-flash passes the messages to the rendered page', async () => {
    const app = createApp().use(expressFlash())
    app.engine('html', (_path, locals, done) => {
      done(null, JSON.stringify((locals as { messages: unknown }).messages))
    })
    app.set('view engine', 'html').set('views', import.meta.dirname)
    app.get('/', (req, res) => {
      req.flash('info', 'saved')
      res.render('page')
    })
    expect((await (await serve(app)).request('/')).text).toBe('{"info":["saved"]}')
  })

  it('an application’s own req.flash is kept', async () => {
    const app = createApp()
    app.use((req, _res, next) => {
      req.flash = () => ['of the application'] as never
      next()
    })
    app.get('/', (req, res) => res.json(req.flash('info')))
    expect((await (await serve(app)).request('/')).text).toBe('["of the application"]')
  })

  it('an application’s own flash on the request prototype is kept', async () => {
    const app = createApp()
    Object.assign(app.request, { flash: () => ['of the prototype'] })
    app.get('/', (req, res) => res.json(req.flash('info')))
    expect((await (await serve(app)).request('/')).text).toBe('["of the prototype"]')
  })

  it('connect-flash configured to replace req.flash throws an error that says what to write instead', async () => {
    const app = createApp().use(connectFlash({ unsafe: true }))
    app.get('/', (req) => {
      req.flash('info', 'saved')
    })
    expect((await (await serve(app)).request('/')).text).toBe(
      "'flash' is a session control; store the data under another name, and show messages on the next page with session.flash('info', 'Saved')",
    )
  })
})

it('req.flash throws for a request without a session', async () => {
  const { default: express } = await import('express')
  const { createSessions } = await import('@keepsake/core')
  const { session } = await import('../src/index.ts')
  const sessions = createSessions({
    secrets: ['a secret that is only for tests and has 51 characters'],
    revocation: 'none',
  })
  const app = express().use(session(sessions, { skip: (req) => req.path === '/skipped' }))
  app.use((req, res) => res.json(req.flash()))
  const client = await serve(app)
  expect((await client.request('/')).text).toBe('{}')
  expect((await client.request('/skipped')).text).toBe('req.flash: the request has no session')
})
