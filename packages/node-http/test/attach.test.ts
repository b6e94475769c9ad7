import { createSessions } from '@keepsake/core'
import { type AdapterSessions, OPEN, openVisit } from '@keepsake/core/adapter'
import { inSlowMotion } from '@keepsake/testing'
import { describe, expect, it } from 'vitest'
import { attach, withSession } from '../src/index.ts'
import { commitByHand, holdResponse, PROTOCOLS, serve, turns, warnings } from './serving.ts'

const options = {
  secrets: ['a secret that is only for tests with 48 characters'],
  revocation: 'none',
} as const
const neverFail = (error: unknown): never => {
  throw error
}

describe('an attachment', () => {
  it('listens for the end of the response only once the session is used', async () => {
    const sessions = createSessions(options)
    const seen: unknown[] = []
    const { client } = await serve('http/1.1', async (request, response) => {
      const listeners = response.listenerCount('close')
      const attachment = await attach(sessions, request, response, neverFail)
      seen.push(response.listenerCount('close') - listeners)
      void attachment.session
      void attachment.session
      seen.push(response.listenerCount('close') - listeners)
      response.end()
    })
    await client.request('/')
    expect(seen).toEqual([0, 1])
  })

  it.each(PROTOCOLS)('ignores a cookie on a polluted Object.prototype, over %s', async (protocol) => {
    const sessions = createSessions(options)
    const visit = await openVisit(sessions, '')
    visit.session.login('admin')
    const line = (await visit.close()).find(([name]) => name === 'Set-Cookie')?.[1] ?? ''
    const polluted = Object.prototype as { cookie?: string }
    const { client } = await serve(protocol, (request, response) => {
      polluted.cookie = line.slice(0, line.indexOf(';'))
      try {
        const attachment = attach(sessions, request, response, neverFail)
        const { session } = attachment as Exclude<typeof attachment, Promise<unknown>>
        response.end(`subject ${String(session.subject)}`)
      } finally {
        delete polluted.cookie
      }
    })
    const mine = await client.request('/', { headers: { Cookie: line.slice(0, line.indexOf(';')) } })
    expect(mine.text).toBe('subject admin')
    expect((await client.request('/')).text).toBe('subject undefined')
  })

  const modes = [
    ['at once', () => createSessions<{ n: unknown }>(options)],
    ['after a while', () => inSlowMotion(createSessions<{ n: unknown }>(options))],
  ] as const

  it.each(modes)(
    'may first use the session in the arguments of end() and write(), saved %s',
    async (_, create) => {
      const sessions = create()
      const { client } = await serve('http/1.1', async (request, response) => {
        const attachment = await attach(sessions, request, response, neverFail)
        if (request.url === '/end') response.end(`n ${String((attachment.session.n = 1))}`)
        else response.end(response.write(`n ${String((attachment.session.n = 2))}`) ? '' : '')
      })
      for (const [path, text] of [
        ['/end', 'n 1'],
        ['/write', 'n 2'],
      ] as const) {
        const answer = await client.request(path)
        expect([answer.status, answer.text, answer.values('set-cookie').length]).toEqual([200, text, 1])
      }
    },
  )

  it.each(modes)('may reject the session when it is first used, detected %s', async (_, create) => {
    const sessions = create()
    const { client } = await serve('http/1.1', async (request, response) => {
      const fail = (): void => void response.end('refused')
      const attachment = await attach(sessions, request, response, fail)
      response.end(`too much: ${(attachment.session.n = 'x'.repeat(5000)).length}`)
    })
    const answer = await client.request('/')
    expect([answer.status, answer.text, answer.values('set-cookie')]).toEqual([500, 'refused', []])
  })

  it('returns the same session for the same request, even for two calls while it is being opened', async () => {
    const sessions = inSlowMotion(createSessions(options))
    const { client } = await serve('http/1.1', async (request, response) => {
      const all = [0, 1, 2].map(async () => attach(sessions, request, response, neverFail))
      const [first, ...others] = await Promise.all(all)
      expect(others).toEqual([first, first])
      expect(others.every((other) => other === first)).toBe(true)
      response.end()
    })
    await client.request('/')
  })

  it('opens the session once for a request', async () => {
    const sessions = createSessions(options)
    const opened: unknown[] = []
    const noting: AdapterSessions<Record<string, unknown>> = {
      ...sessions,
      [OPEN](source) {
        opened.push(source)
        return openVisit(sessions, source)
      },
    }
    const requests: unknown[] = []
    const { client } = await serve('http/1.1', async (request, response) => {
      requests.push(request)
      await attach(noting, request, response, neverFail)
      await attach(noting, request, response, neverFail)
      response.end()
    })
    await client.request('/', { headers: { Cookie: 'a=1' } })
    // The original request: it is passed to `accept`.
    expect(opened).toEqual(requests)
    expect(opened).toHaveLength(1)
  })

  it('returns separate sessions for separate Sessions objects, and a new one for the next request', async () => {
    const [one, two] = [createSessions(options), createSessions({ ...options, cookie: { name: 'two' } })]
    const seen = new Set<unknown>()
    const { client } = await serve('http/1.1', async (request, response) => {
      for (const sessions of [one, two, one, two])
        seen.add(await attach(sessions, request, response, neverFail))
      response.end()
    })
    await client.request('/')
    await client.request('/')
    expect(seen.size).toBe(4)
  })
})

/** Requests over one connection, half of them of each kind; set REQUESTS for a long run. */
const REQUESTS = Number(process.env['REQUESTS'] ?? 400)
/** The usual limit is too short for a long run on a busy machine. */
const TIMEOUT = Math.max(600_000, REQUESTS * 100)

describe('many requests over one connection', () => {
  it('leave no listener and cause no warning', { timeout: TIMEOUT }, async () => {
    const seen = warnings()
    const counts = new Set<number>()
    const sessions = createSessions(options)
    const count = withSession(sessions, (_request, response, session) => {
      session['visits'] = Number(session['visits'] ?? 0) + 1
      response.end(String(session['visits']))
    })
    const { client } = await serve('http/1.1', (request, response) => {
      const names = request.socket.eventNames()
      counts.add(names.reduce((sum, name) => sum + request.socket.listenerCount(name), 0))
      if (request.url === '/sealed') return count(request, response)
      const { commit, done } = commitByHand()
      holdResponse(request, response, { commit, fail: neverFail })
      response.write('held')
      response.end()
      return setImmediate(done, [])
    })
    let visits = ''
    for (let left = REQUESTS / 2; left > 0; left--) {
      visits = (await client.request('/sealed')).text
      await client.request('/held')
    }
    await turns()
    expect(visits).toBe(String(REQUESTS / 2))
    expect(counts.size).toBe(1)
    expect(seen).toEqual([])
  })
})
