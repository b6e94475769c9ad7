import { createServer } from 'node:http'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { expressMiddleware } from '@as-integrations/express5'
import { crossOriginGuard, session, type Session } from '@keepsake/express'
import { attachSession } from '@keepsake/node-http'
import { type Client, createClient } from '@keepsake/testing'
import express from 'express'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Mode, modes, serve } from './support.ts'

interface Context {
  readonly session: Session
}

const typeDefs = `
  type Query { who: String }
  type Mutation { visit: Int login(user: String!): Boolean logout: Boolean }
`
const resolvers = {
  Query: { who: (_: unknown, _args: unknown, { session }: Context) => session.subject },
  Mutation: {
    visit: (_: unknown, _args: unknown, { session }: Context) => (session.visits = (session.visits ?? 0) + 1),
    login: (_: unknown, { user }: { readonly user: string }, { session }: Context) => {
      session.login(user, { keep: ['visits'] })
      return true
    },
    logout: (_: unknown, _args: unknown, { session }: Context) => {
      session.logout()
      return true
    },
  },
}

const hosts: Readonly<Record<string, (mode: Mode) => Promise<Client>>> = {
  async Express(mode) {
    const apollo = new ApolloServer<Context>({ typeDefs, resolvers })
    await apollo.start()
    onTestFinished(() => apollo.stop())
    const app = express().use(session(mode.createSessions()), crossOriginGuard(), express.json())
    app.use(expressMiddleware(apollo, { context: async ({ req }) => ({ session: req.session }) }))
    return (await serve(createServer(app))).client
  },
  async 'its standalone server'(mode) {
    const sessions = mode.createSessions()
    const apollo = new ApolloServer<Context>({ typeDefs, resolvers })
    const { url } = await startStandaloneServer(apollo, {
      listen: { port: 0, host: '127.0.0.1' },
      context: async ({ req, res }) => ({ session: await attachSession(sessions, req, res) }),
    })
    onTestFinished(() => apollo.stop())
    const client = createClient(url)
    onTestFinished(() => client.close())
    return client
  },
}

const cases = Object.entries(hosts).flatMap(([name, open]) => modes.map((mode) => ({ name, open, mode })))

describe.each(cases)('Apollo Server on $name, in $mode.name mode', ({ open, mode }) => {
  it('keeps a session between operations', async () => {
    const client = await open(mode)
    const ask = async (query: string): Promise<unknown> => {
      const headers = { 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'same-origin' }
      const { text } = await client.request('/', { method: 'POST', headers, body: JSON.stringify({ query }) })
      return (JSON.parse(text) as { data: unknown }).data
    }
    expect(await ask('mutation { visit }')).toEqual({ visit: 1 })
    expect(await ask('mutation { visit }')).toEqual({ visit: 2 })
    expect(await ask('{ who }')).toEqual({ who: null })
    expect(await ask('mutation { login(user: "ada") visit }')).toEqual({ login: true, visit: 3 })
    expect(await ask('{ who }')).toEqual({ who: 'ada' })
    await ask('mutation { logout }')
    expect(await ask('{ who }')).toEqual({ who: null })
  })
})
