import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { SESSION_CHANNEL, type SessionEvent } from '@keepsake/core'
import { expect, it, onTestFinished } from 'vitest'
import type { Exchange } from '../host.ts'
import { canDo, type Stage } from '../stage.ts'

/** The reasons of all events until the end of the test, and a promise for the first late change. */
function watch(): { readonly reasons: string[]; readonly late: Promise<void> } {
  const reasons: string[] = []
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const listen = (message: unknown): void => {
    const { reason } = message as SessionEvent
    reasons.push(reason)
    if (reason === 'late') resolve()
  }
  subscribe(SESSION_CHANNEL, listen)
  onTestFinished(() => void unsubscribe(SESSION_CHANNEL, listen))
  return { reasons, late }
}

const AT_ONCE = 'right after the end'
const MUCH_LATER = 'long after the response has closed'

/** Ways to change a session after its headers were sent. */
const LATE: Readonly<Record<string, (exchange: Exchange, change: () => void) => unknown>> = {
  [AT_ONCE]: ({ response }, change) => {
    response.end('done')
    change()
  },
  'after an await': async ({ response }, change) => {
    response.end('done')
    await new Promise(setImmediate)
    change()
  },
  'when the response has finished': ({ response }, change) => {
    response.once('finish', change)
    response.end('done')
  },
  [MUCH_LATER]: async ({ response }, change) => {
    response.end('done')
    await once(response, 'close')
    for (let turns = 10; turns > 0; turns--) await new Promise(setImmediate)
    change()
  },
  'after a stream': async ({ response }, change) => {
    await pipeline(Readable.from(['do', 'ne']), response)
    change()
  },
}

export function lateScenarios({ host, serve }: Stage): void {
  const isReturned = 'fetch' in host
  const canReport = canDo(host, MUCH_LATER)
  const ways = Object.entries(LATE).filter(([way]) =>
    way === AT_ONCE ? !isReturned : way !== MUCH_LATER || canReport,
  )

  if (isReturned)
    it('saves a change made before the handler has returned its response', async () => {
      const { reasons } = watch()
      const { client } = await serve({
        '/': ({ session, response }) => {
          response.end('done')
          session['name'] = 'Ada'
        },
        '/look': ({ session, send }) => send(JSON.stringify(session)),
      })
      expect((await client.request('/')).text).toBe('done')
      expect((await client.request('/look')).text).toBe('{"name":"Ada"}')
      expect(reasons).toEqual(['created', 'opened'])
    })

  it.each(ways)('are reported once if they come %s, and earlier changes are kept', async (_, answer) => {
    const { reasons, late } = watch()
    const { client } = await serve({
      '/': (exchange) => {
        exchange.takeOver()
        exchange.session['name'] = 'Ada'
        return answer(exchange, () => (exchange.session['name'] = 'Grace'))
      },
      '/look': ({ session, send }) => send(JSON.stringify(session)),
    })
    expect((await client.request('/')).text).toBe('done')
    await late
    expect(reasons).toEqual(['created', 'late'])
    expect((await client.request('/look')).text).toBe('{"name":"Ada"}')
  })

  it.each(ways)('are reported if the session was not used before and is changed %s', async (_, answer) => {
    const { reasons, late } = watch()
    const { client } = await serve({
      '/': (exchange) => {
        exchange.takeOver()
        return answer(exchange, () => (exchange.session['name'] = 'Ada'))
      },
    })
    const sent = await client.request('/')
    await late
    expect([sent.text, sent.values('set-cookie')]).toEqual(['done', []])
    expect(reasons).toEqual(['late'])
  })

  it('are not reported if the session is only read after the headers', async () => {
    const { reasons } = watch()
    const { promise: over, resolve } = Promise.withResolvers<unknown>()
    const { client } = await serve({
      '/': (exchange) => {
        const { response, send } = exchange
        exchange.session['name'] = 'Ada'
        response.once('close', () => {
          setImmediate(() => setImmediate(resolve, exchange.session['name']))
        })
        return send('')
      },
    })
    await client.request('/')
    expect(await over).toBe('Ada')
    expect(reasons).toEqual(['created'])
  })

  if (canReport)
    it('are reported once if a session is changed repeatedly, long after the response has closed', async () => {
      const { reasons } = watch()
      const { promise: over, resolve } = Promise.withResolvers<void>()
      const { client } = await serve({
        '/': async (exchange) => {
          exchange.takeOver()
          const closed = once(exchange.response, 'close')
          exchange.response.end()
          await closed
          for (let left = 6; left > 0; left--) {
            if (left % 2 === 0) await new Promise(setImmediate)
            exchange.session['n'] = Number(exchange.session['n'] ?? 0) + 1
          }
          setImmediate(() => setImmediate(resolve))
        },
      })
      await client.request('/')
      await over
      expect(reasons).toEqual(['late'])
    })

  it('continues to serve after visitors who left in the middle of a response', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    const { client, visitor } = await serve({
      '/endless': ({ session, response, takeOver }) => {
        takeOver()
        session['name'] = 'Ada'
        response.once('close', resolve)
        response.write('first')
      },
      '/': ({ session, send }) => send(JSON.stringify(session)),
    })
    const leaving = visitor()
    await leaving.start('/endless')
    await leaving.close()
    await closed
    expect((await client.request('/')).text).toBe('{}')
  })
}
