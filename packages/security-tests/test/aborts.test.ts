import { connect } from 'node:net'
import { createSessions, memoryStore, type Store } from '@keepsake/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { hosts } from '../src/hosts.ts'
import { serve } from '../src/server.ts'

const SECRET = 'pV3xkQ7mT1zL9wR5yB2nC8dF4gH6jK0s'

/** When the client hangs up: while the record is read, while it is written, and while the response is sent. */
const MOMENTS = ['before', 'during', 'after'] as const

interface Gated extends Store {
  /** Resolves when the next call of this method has started; the call waits until `go`. */
  stopAt(method: 'create' | 'replace'): { readonly reached: Promise<void>; readonly go: () => void }
  readonly size: number
}

function gatedStore(): Gated {
  const memory = memoryStore()
  let stop: { method: string; reach: () => void; gone: Promise<void> } | undefined
  const waiting = async (method: string): Promise<void> => {
    if (stop?.method !== method) return
    const { reach, gone } = stop
    stop = undefined
    reach()
    await gone
  }
  return {
    ...memory,
    get size() {
      return memory.size
    },
    async create(key, record) {
      await waiting('create')
      return memory.create(key, record)
    },
    async replace(key, revision, record) {
      await waiting('replace')
      return memory.replace(key, revision, record)
    },
    stopAt(method) {
      const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
      const { promise: gone, resolve: go } = Promise.withResolvers<void>()
      stop = { method, reach, gone }
      return { reached, go }
    },
  }
}

describe.each(Object.keys(hosts))('a client that hangs up on %s', (host) => {
  it.each(MOMENTS)(
    '%s the commit leaves a complete session or none, and a running process',
    async (moment) => {
      const unhandled: unknown[] = []
      const note = (error: unknown): void => void unhandled.push(error)
      process.on('unhandledRejection', note).on('uncaughtException', note)
      onTestFinished(() => void process.off('unhandledRejection', note).off('uncaughtException', note))

      const store = gatedStore()
      const sessions = createSessions({ secrets: [SECRET], store })
      const handler = Promise.withResolvers<void>()
      const entered = Promise.withResolvers<void>()
      const listener = hosts[host]?.(sessions, async (session, path) => {
        if (path === '/slow') {
          entered.resolve()
          await handler.promise
        }
        session['list'] = [...((session['list'] as number[] | undefined) ?? []), path]
        return `${'x'.repeat(100_000)} ${JSON.stringify(session['list'])}`
      })
      const { origin, close } = await serve((request, response) => listener?.(request, response))
      onTestFinished(close)
      const first = await fetch(`${origin}/1`)
      await first.text()
      const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? ''

      const gate = store.stopAt('replace')
      const socket = connect(Number(new URL(origin).port), '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write(
        `GET ${moment === 'before' ? '/slow' : '/2'} HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\n\r\n`,
      )
      if (moment === 'before') {
        await entered.promise
        socket.destroy()
        handler.resolve()
        gate.go()
      } else {
        await gate.reached
        if (moment === 'during') socket.destroy()
        gate.go()
        if (moment === 'after') socket.once('data', () => socket.destroy())
      }
      await new Promise((resolve) => socket.once('close', resolve))

      // The next request finds a complete session, with or without the aborted change, and a working server.
      const next = await fetch(`${origin}/3`, { headers: { Cookie: cookie } })
      expect(next.status).toBe(200)
      const list = JSON.parse((await next.text()).trim().split(' ').at(-1) ?? '') as string[]
      expect(list.filter((path) => path !== '/2' && path !== '/slow')).toEqual(['/1', '/3'])
      expect(list.length - 2).toBeLessThanOrEqual(1)
      expect(store.size).toBe(1)
      expect(unhandled).toEqual([])
    },
  )
})
