import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { SESSION_CHANNEL, type SessionEvent } from '@keepsake/core'
import { expect, it, onTestFinished } from 'vitest'
import type { Stage } from '../stage.ts'

/** The reasons of all decisions from now to the end of the test. */
function watch(): string[] {
  const reasons: string[] = []
  const listen = (message: unknown): void => void reasons.push((message as SessionEvent).reason)
  subscribe(SESSION_CHANNEL, listen)
  onTestFinished(() => void unsubscribe(SESSION_CHANNEL, listen))
  return reasons
}

export function lateScenarios({ serve }: Stage): void {
  it('reports a change that came after the head had left, and keeps what was written before', async () => {
    const reasons = watch()
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    const { client } = await serve({
      '/': ({ session, response, takeOver }) => {
        takeOver()
        session['name'] = 'Ada'
        response.once('close', resolve)
        response.once('finish', () => {
          session['name'] = 'Grace'
        })
        response.end('done')
      },
      '/look': ({ session, send }) => send(JSON.stringify(session)),
    })
    await client.request('/')
    await closed
    expect(reasons).toEqual(['created', 'late'])
    expect((await client.request('/look')).text).toBe('{"name":"Ada"}')
  })

  it('reports a session that was looked at only after the head had left, when it is changed', async () => {
    const reasons = watch()
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    const { client } = await serve({
      '/': (exchange) => {
        const { response } = exchange
        exchange.takeOver()
        response.once('close', resolve)
        response.write('first')
        exchange.session['name'] = 'Ada'
        response.end('done')
      },
    })
    const answer = await client.request('/')
    await closed
    expect(answer.text).toBe('firstdone')
    expect(answer.values('set-cookie')).toEqual([])
    expect(reasons).toEqual(['late'])
  })

  it('reports no late change where nothing changed after the head', async () => {
    const reasons = watch()
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    const { client } = await serve({
      '/': ({ session, response, send }) => {
        session['name'] = 'Ada'
        response.once('close', resolve)
        return send('')
      },
    })
    await client.request('/')
    await closed
    expect(reasons).toEqual(['created'])
  })

  it('goes on serving after visitors who left in the middle of an answer', async () => {
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
