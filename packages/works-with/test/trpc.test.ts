import { createServer } from 'node:http'
import { session, type Session } from '@keepsake/express'
import { withSession } from '@keepsake/node-http'
import { createTRPCClient, httpBatchLink, httpLink } from '@trpc/client'
import { initTRPC, TRPCError } from '@trpc/server'
import { createExpressMiddleware } from '@trpc/server/adapters/express'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import express from 'express'
import { describe, expect, it } from 'vitest'
import { type Mode, modes, serve } from './support.ts'

const t = initTRPC.context<{ readonly session: Session }>().create()

const whoever = t.procedure
const loggedIn = whoever.use(({ ctx: { session }, next }) => {
  if (session.subject === undefined) throw new TRPCError({ code: 'UNAUTHORIZED' })
  return next({ ctx: { user: session.subject } })
})

const router = t.router({
  visit: whoever.mutation(({ ctx: { session } }) => (session.visits = (session.visits ?? 0) + 1)),
  login: whoever
    .input((user: unknown) => String(user))
    .mutation(({ ctx: { session }, input }) => session.login(input, { keep: ['visits'] })),
  who: loggedIn.query(({ ctx: { user, session } }) => `${user}, visit ${session.visits}`),
  logout: loggedIn.mutation(({ ctx: { session } }) => session.logout()),
})

const hosts = {
  Express: (mode: Mode) =>
    express()
      .use(session(mode.createSessions()))
      .use(createExpressMiddleware({ router, createContext: ({ req }) => ({ session: req.session }) })),
  'its standalone handler': (mode: Mode) =>
    withSession(mode.createSessions(), (request, response, session) => {
      createHTTPHandler({ router, createContext: () => ({ session }) })(request, response)
    }),
}

const cases = Object.entries(hosts).flatMap(([name, host]) =>
  [httpLink, httpBatchLink].flatMap((link) => modes.map((mode) => ({ name, host, link, mode }))),
)

describe.each(cases)('tRPC on $name by $link.name, in $mode.name mode', ({ host, link, mode }) => {
  it('keeps a session between procedures', async () => {
    const { port, client } = await serve(createServer(host(mode)))
    const shop = createTRPCClient<typeof router>({
      links: [
        link({
          url: `http://127.0.0.1:${port}`,
          async fetch(url, options) {
            const { pathname, search } = new URL(String(url))
            const { status, text } = await client.request(pathname + search, {
              method: options?.method ?? 'GET',
              headers: { 'Content-Type': 'application/json' },
              ...(typeof options?.body === 'string' && { body: options.body }),
            })
            return new Response(text, { status })
          },
        }),
      ],
    })
    expect([await shop.visit.mutate(), await shop.visit.mutate()]).toEqual([1, 2])
    await expect(shop.who.query()).rejects.toThrow('UNAUTHORIZED')
    await shop.login.mutate('ada')
    expect(await shop.who.query()).toBe('ada, visit 2')
    await shop.logout.mutate()
    await expect(shop.who.query()).rejects.toThrow('UNAUTHORIZED')
  })
})
