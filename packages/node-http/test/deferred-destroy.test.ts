import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { DeferredDestroy } from '../src/hold/deferred-destroy.ts'
import { commitByHand, holdResponse, PROTOCOLS, serve, turns } from './serving.ts'

const neverFail = (error: unknown): never => {
  throw error
}

describe('the destruction of a held request’s socket', () => {
  it.each(PROTOCOLS)('waits until the sent body is delivered, over %s', async (protocol) => {
    const { commit, begun, done } = commitByHand()
    const { client } = await serve(protocol, (request, response) => {
      holdResponse(request, response, { commit, fail: neverFail })
      response.setHeader('Content-Length', 200_000)
      response.end('x'.repeat(200_000))
      request.socket.destroy()
    })
    const answering = client.request('/')
    await begun
    await turns()
    done()
    expect((await answering).body.length).toBe(200_000)
  })

  it('happens then: the connection is closed', async () => {
    const { commit, begun, done } = commitByHand()
    const { promise: closed, resolve } = Promise.withResolvers<unknown>()
    const { client } = await serve('http/1.1', (request, response) => {
      request.socket.once('close', resolve)
      holdResponse(request, response, { commit, fail: neverFail })
      response.end('all')
      expect(request.socket.destroy()).toBe(request.socket)
      expect(request.socket.destroyed).toBe(false)
    })
    const answering = client.request('/')
    await begun
    done()
    expect((await answering).text).toBe('all')
    await closed
  })

  it('happens as soon as the commit is done if the response has not ended', async () => {
    const { commit, begun, done } = commitByHand()
    const { client } = await serve('http/1.1', (request, response) => {
      holdResponse(request, response, { commit, fail: neverFail })
      response.write('part')
      request.socket.destroy()
    })
    const answering = client.request('/').catch((error: unknown) => error)
    await begun
    done()
    expect(await answering).toBeInstanceOf(Error)
  })

  it('does not happen without a request for it', async () => {
    const { client } = await serve('http/1.1', (request, response) => {
      const { commit, done } = commitByHand()
      holdResponse(request, response, { commit, fail: neverFail })
      response.end(String(request.socket.remotePort))
      setImmediate(done)
    })
    const first = await client.request('/')
    expect((await client.request('/')).text).toBe(first.text)
  })
})

describe('a held request’s view of its socket', () => {
  it('passes all other calls on to the socket itself', async () => {
    const seen: unknown[] = []
    const { client } = await serve('http/1.1', async (request, response) => {
      const { socket } = request
      const listeners = socket.listenerCount('mark')
      const deferred = new DeferredDestroy(request, {})
      const view = request.socket
      seen.push(view === socket, view.remotePort === socket.remotePort, view instanceof socket.constructor)
      view.setTimeout(60_000)
      view.once('mark', () => seen.push('mark'))
      Object.assign(view, { mark: 1 })
      seen.push(socket.timeout, socket.listenerCount('mark') - listeners, Object.hasOwn(socket, 'mark'))
      socket.emit('mark')
      seen.push(socket.listenerCount('mark') - listeners, deferred.end(), request.socket === socket)
      response.end()
      await once(response, 'finish')
    })
    await client.request('/')
    expect(seen).toEqual([false, true, true, 60_000, 1, true, 'mark', 0, false, true])
  })

  it('is removed afterwards, and reports whether destruction was requested', async () => {
    const seen: unknown[] = []
    const { client } = await serve('h2', (request, response) => {
      const deferred = new DeferredDestroy(request, {})
      request.socket.destroy()
      seen.push(Object.hasOwn(request, 'socket'), deferred.end(), Object.hasOwn(request, 'socket'))
      response.end()
    })
    await client.request('/')
    expect(seen).toEqual([true, true, false])
  })
})
