import { randomUUID } from 'node:crypto'
import cookieSession from 'cookie-session'
import express from 'express'
import { MemoryStore } from 'express-session'
import { memoryStore } from '@keepsake/core'
import { session as keepsakeSession } from '@keepsake/express'
import { describe, expect, it } from 'vitest'
import { doctor, linesOf, type Listener, serve } from './doctor.ts'
import { count, expressApp, expressSession, SECRET } from './servers.ts'

/** Several processes behind a round-robin load balancer. */
const inTurn = (...apps: readonly Listener[]): Listener => {
  let turn = 0
  return (...args) => apps[turn++ % apps.length]?.(...args)
}
const one = () => expressApp(expressSession(), count)
const keepsake = (secret: string, store?: ReturnType<typeof memoryStore>) =>
  expressApp(
    keepsakeSession({
      secrets: [secret],
      ...(store === undefined ? { revocation: 'none' as const } : { store }),
    }),
    count,
  )
const store = new MemoryStore()
const letters = (): string => randomUUID().replaceAll(/[\d-]/g, 'x')
const other = SECRET.split('').toReversed().join('')

describe('keepsake doctor, for an application that rejects its own cookie,', () => {
  it.each<[situation: string, app: () => Listener, fault: string, write: string]>([
    ['two processes have a memory store each', () => inTurn(one(), one()), 'not_shared', 'store'],
    ['three processes have a memory store each', () => inTurn(one(), one(), one()), 'not_shared', 'store'],
    [
      'it uses Keepsake and two processes have a memory store each',
      () => inTurn(keepsake(SECRET, memoryStore()), keepsake(SECRET, memoryStore())),
      'not_shared',
      'store',
    ],
    [
      'it uses Keepsake and two processes have different secrets',
      () => inTurn(keepsake(SECRET), keepsake(other)),
      'not_shared',
      'SESSION_SECRET',
    ],
    [
      'the secret changes with each request',
      () => expressApp((...args) => void expressSession({ secret: `${Math.random()}` })(...args), count),
      'new_each_time',
      'process.env.SESSION_SECRET',
    ],
    [
      'it uses Keepsake and the secret changes with each request',
      () =>
        (...args) =>
          void keepsake(`${Math.random()}${SECRET}`)(...args),
      'new_each_time',
      'process.env.SESSION_SECRET',
    ],
    [
      'it uses cookie-session and the secret changes with each request',
      () => expressApp((...args) => void cookieSession({ keys: [`${Math.random()}`] })(...args), count),
      'new_each_time',
      'process.env.SESSION_SECRET',
    ],
    [
      'its store loses sessions and saveUninitialized creates a new id each time',
      () =>
        (...args) =>
          void expressApp(
            expressSession({ saveUninitialized: true }),
            (_req, res) => void res.send('hello'),
          )(...args),
      'new_each_time',
      'store',
    ],
    [
      'it deletes the cookie',
      () => (request, response) => {
        const came = request.headers.cookie?.includes('sid=')
        response.setHeader('Set-Cookie', came ? 'sid=; Max-Age=0; Path=/' : `sid=${randomUUID()}; Path=/`)
        response.end('hello')
      },
      'deleted',
      'SESSION_SECRET',
    ],
    [
      'it fails on requests with the cookie',
      () => (request, response) => {
        if (request.headers.cookie !== undefined) response.statusCode = 431
        response.setHeader('Set-Cookie', `sid=${randomUUID()}; Path=/`)
        response.end()
      },
      'fails_with_cookie',
      'store',
    ],
  ])('names the fault and the line to write if %s', async (_, app, fault, write) => {
    const report = await doctor(await serve(app()))
    expect(report.faults).toEqual([fault])
    expect(report.code).toBe(1)
    expect(linesOf(report, fault)).toContain(write)
  })

  it.each<[situation: string, here: () => Listener, there: () => Listener, faults: string[]]>([
    [
      'express-session and different secrets',
      () => expressApp(expressSession({ secret: other, store }), count),
      () => expressApp(expressSession({ store }), count),
      ['nodes_differ'],
    ],
    ['express-session and different stores', one, one, ['nodes_differ']],
    [
      'express-session and the same secret and store',
      () => expressApp(expressSession({ store }), count),
      () => expressApp(expressSession({ store }), count),
      [],
    ],
    ['Keepsake and different secrets', () => keepsake(SECRET), () => keepsake(other), ['nodes_differ']],
    ['Keepsake and the same secret', () => keepsake(SECRET), () => keepsake(SECRET), []],
  ])('reports whether two nodes find the same sessions, with %s', async (_, here, there, faults) => {
    const [url, node] = [await serve(here()), await serve(there())]
    const report = await doctor(url, '--node', node)
    expect(report).toMatchObject({ code: faults.length, faults })
    expect(report.works.includes('nodes_agree')).toBe(faults.length === 0)
  })
  it('reports a redirect that is sent before the session is saved', async () => {
    const saved = new MemoryStore()
    const waiting: (() => void)[] = []
    const set = saved.set.bind(saved)
    // Saved only after the page that the redirect leads to has been served.
    saved.set = (id, data, done) => void waiting.push(() => set(id, data, done))
    const app = expressApp(express.urlencoded({ extended: false }), expressSession({ store: saved }))
    app.post('/login', (req, res) => {
      req.session['user'] = 'ada'
      res.redirect('/')
    })
    app.get('/', (req, res) => {
      res.send(`hello ${req.session['user'] === 'ada' ? 'ada' : 'stranger'}`)
      for (const save of waiting.splice(0)) save()
    })
    const report = await doctor(await serve(app), '--write', '/login', '--data', 'user=ada')
    expect(report).toMatchObject({ code: 1, faults: ['saved_late'] })
    expect(linesOf(report, 'saved_late')).toContain('req.session.save')
  })

  it('reports that each request starts a new session even if no two pages have the same words', async () => {
    const url = await serve((...args) => {
      const app = expressApp(
        keepsakeSession({ secrets: [`${Math.random()}${SECRET}`], revocation: 'none' }),
        (req, res) => {
          req.session['visits'] = Number(req.session['visits'] ?? 0) + 1
          res.send(`visit ${req.session['visits'] === 1 ? 1 : 2} ${letters()}`)
        },
      )
      app(...args)
    })
    expect(await doctor(url)).toMatchObject({ code: 1, faults: ['new_each_time'] })
  })

  it('reports a session id that is valid for one request only as a limit, not as a fault', async () => {
    const app = expressApp(expressSession(), (req, res) => {
      const visits = Number(req.session['visits'] ?? 0) + 1
      const { regenerate } = req.session as unknown as { regenerate(done: () => void): void }
      regenerate.call(req.session, () => {
        req.session['visits'] = visits
        res.send(`visit ${visits}`)
      })
    })
    const report = await doctor(await serve(app))
    expect(report).toMatchObject({ code: 0, faults: [], unclear: [] })
    expect(report.limits).toContain('one_use')
  })

  it('repeats the reason that the application sends in Server-Timing', async () => {
    const url = await serve((request, response) => {
      if (request.headers.cookie !== undefined)
        response.setHeader('Server-Timing', 'db;dur=1, session;desc="unknown_key";dur=2')
      response.setHeader('Set-Cookie', `sid=${'x'.repeat(20)}${Math.random()}; Path=/`)
      response.end('visit 1')
    })
    expect((await doctor(url)).findings[0]?.why).toContain('unknown_key')
  })
})
