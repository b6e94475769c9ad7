import type { Server } from 'node:http'
import { Body, Controller, Get, HttpCode, Module, Post, Req, Session as Visitor } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { crossOriginGuard, session, type Session } from '@keepsake/express'
import type { Request } from 'express'
import { describe, expect, it, onTestFinished } from 'vitest'
import { inStore, type Mode, modes, refuse, serve, type Served } from './support.ts'
import { memoryStore, type SessionsOptions } from '@keepsake/core'

@Controller()
class Shop {
  @Get('visits')
  visits(@Visitor() session: Session): string {
    session.visits = (session.visits ?? 0) + 1
    return `visit ${session.visits}`
  }

  @Post('login')
  @HttpCode(200)
  login(@Visitor() session: Session, @Body() { user }: { readonly user: string }): string {
    session.login(user, { keep: ['visits'] })
    return 'in'
  }

  @Get('who')
  async who(@Req() { session }: Request): Promise<string> {
    await new Promise(setImmediate)
    return `${session.subject}, visit ${session.visits}`
  }

  @Get('logout')
  logout(@Visitor() session: Session): string {
    session.logout()
    return 'out'
  }
}

@Module({ controllers: [Shop] })
// oxlint-disable-next-line typescript/no-extraneous-class -- NestJS modules are classes
class Application {}

async function serveShop(mode: Mode, options?: Partial<SessionsOptions>): Promise<Served> {
  const app = await NestFactory.create(Application, { logger: false })
  app.use(session(mode.createSessions(options)), crossOriginGuard())
  await app.listen(0, '127.0.0.1')
  onTestFinished(() => app.close())
  return serve(app.getHttpServer() as Server)
}

describe.each(modes)('NestJS, in $name mode', (mode) => {
  it('passes the session to a handler through @Session() and @Req(), from login to logout', async () => {
    const { client } = await serveShop(mode)
    expect((await client.request('/visits')).text).toBe('visit 1')
    expect((await client.request('/visits')).text).toBe('visit 2')
    const headers = { 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'same-origin' }
    const login = await client.request('/login', { method: 'POST', headers, body: '{"user":"ada"}' })
    expect([login.status, login.text]).toEqual([200, 'in'])
    expect((await client.request('/who')).text).toBe('ada, visit 2')
    await client.request('/logout')
    expect((await client.request('/who')).text).toBe('undefined, visit undefined')
  })

  it('refuses requests that another site sends, with a 403', async () => {
    const { client } = await serveShop(mode)
    await client.request('/visits')
    const headers = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }
    expect((await client.request('/login', { method: 'POST', headers })).status).toBe(403)
  })
})

it('NestJS answers 503, without the handler’s body, if a session cannot be written', async () => {
  const { client } = await serveShop(inStore, { store: { ...memoryStore(), create: refuse } })
  const answer = await client.request('/visits')
  expect(answer.status).toBe(503)
  expect(answer.text).not.toContain('visit 1')
  expect(answer.values('set-cookie')).toEqual([])
})
