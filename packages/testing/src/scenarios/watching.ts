import { memoryStore } from '@keepsake/core'
import { expect, it } from 'vitest'
import type { Exchange } from '../host.ts'
import type { Routes, Stage } from '../stage.ts'

/** Sends events about the request's session until the session ends or the visitor leaves. */
async function tell({ session, response, takeOver }: Exchange): Promise<void> {
  takeOver()
  const stop = new AbortController()
  response.once('close', () => stop.abort())
  response.setHeader('Content-Type', 'text/event-stream')
  response.write('data: open\n\n')
  for await (const change of session.watch(stop.signal)) response.write(`data: ${change}\n\n`)
  response.end()
}

const routes: Routes = {
  '/events': tell,
  '/write': ({ session, send }) => {
    session['count'] = Number(session['count'] ?? 0) + 1
    return send('written')
  },
  '/end': ({ session, send }) => {
    session.destroy()
    return send('ended')
  },
}

export function watchScenarios({ serve, createSessions }: Stage): void {
  it('reports changes by other requests, and its end, to a response that stays open', async () => {
    const { client, visitor } = await serve(routes, createSessions({ store: memoryStore() }))
    await client.request('/write')
    const events = await visitor({ jar: client.jar }).start('/events')
    let seen = ''
    for await (const chunk of events.body) {
      seen += chunk.toString()
      if (seen.endsWith('open\n\n')) await client.request('/write')
      if (seen.endsWith('changed\n\n')) await client.request('/end')
    }
    expect(seen).toBe('data: open\n\ndata: changed\n\ndata: revoked\n\n')
  })

  it('is no longer watched after the visitor has left', async () => {
    const { promise: left, resolve } = Promise.withResolvers<void>()
    const waiting: Routes = {
      ...routes,
      '/events': (exchange) => tell(exchange).finally(resolve),
    }
    const { client, visitor } = await serve(waiting, createSessions({ store: memoryStore() }))
    await client.request('/write')
    const leaving = visitor({ jar: client.jar })
    await leaving.start('/events')
    await leaving.close()
    await left
    expect((await client.request('/write')).text).toBe('written')
  })
}
