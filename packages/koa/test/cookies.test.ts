import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createCookie } from '../src/cookies.ts'

const theme = createCookie<{ name: string }>('theme', { json: true, maxAge: '365d' })

describe('a cookie of Koa', () => {
  it('is set, read and deleted by the context', async () => {
    const app = new Koa()
    app.use((ctx) => {
      if (ctx.path === '/set') theme.set(ctx, { name: 'dark' })
      if (ctx.path === '/delete') theme.delete(ctx)
      ctx.body = theme.get(ctx)?.name ?? 'none'
    })
    const server = createServer((request, response) => void app.callback()(request, response))
    onTestFinished(() => server.close().closeAllConnections())
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

    const [set = ''] = (await fetch(`${origin}/set`)).headers.getSetCookie()
    expect(set).toMatch(
      /^theme=%7B%22name%22%3A%22dark%22%7D; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000; /,
    )
    const headers = { cookie: set.slice(0, set.indexOf(';')) }
    expect(await (await fetch(origin, { headers })).text()).toBe('dark')
    const [deleted] = (await fetch(`${origin}/delete`, { headers })).headers.getSetCookie()
    expect(deleted).toMatch(/^theme=; .*; Max-Age=0; /)
  })
})
