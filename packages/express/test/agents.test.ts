import { memoryStore, type SessionsOptions } from '@keepsake/core'
import { use } from 'chai'
import chaiHttp, { request } from 'chai-http'
import express from 'express'
import supertest from 'supertest'
import { describe, expect, it, onTestFinished } from 'vitest'
import { session } from '../src/index.ts'

/* The agents of test libraries keep cookies, but send no Secure cookie over plain http. */

use(chaiHttp)

function appWith(options: Partial<SessionsOptions>) {
  const secrets = ['a secret that is only for tests with 48 characters']
  const app = express().use(session({ secrets, revocation: 'none', ...options }))
  app.get('/', (req, res) => {
    req.session['n'] = Number(req.session['n'] ?? 0) + 1
    res.send(`visit ${Number(req.session['n'])}`)
  })
  return app
}

const AGENTS = {
  supertest: (app: express.Express) => supertest.agent(app),
  'chai-http': (app: express.Express) => {
    const agent = request.agent(app)
    onTestFinished(() => void agent.close())
    return agent
  },
}

interface Warning extends Error {
  readonly code?: string
  readonly detail?: string
}

/** The texts of three visits, and the warnings meanwhile. */
async function visit(agent: { get(path: string): PromiseLike<{ readonly text: string }> }) {
  const warnings: Warning[] = []
  const listen = (warning: Warning): void => void warnings.push(warning)
  process.on('warning', listen)
  const texts: string[] = []
  for (let times = 3; times > 0; times--) texts.push((await agent.get('/')).text)
  await new Promise(setImmediate)
  process.off('warning', listen)
  return { texts, warnings }
}

const MODES: readonly (readonly [string, () => Partial<SessionsOptions>])[] = [
  ['sealed', () => ({})],
  ['stored', () => ({ store: memoryStore(), revocation: undefined })],
]

describe.each(MODES)('%s sessions', (_, kept) => {
  describe.each(Object.entries(AGENTS))('and the agent of %s', (_agent, agentOf) => {
    it('start a new session with each visit, with one warning that has the line to write', async () => {
      const { texts, warnings } = await visit(agentOf(appWith(kept())))
      expect(texts).toEqual(['visit 1', 'visit 1', 'visit 1'])
      expect(warnings.map(({ code }) => code)).toEqual(['KEEPSAKE_COOKIE_NOT_RETURNED'])
      expect(warnings[0]?.detail).toContain("cookie: { insecure: process.env.NODE_ENV !== 'production' }")
    })

    it('keep their session with that line', async () => {
      const insecure = process.env['NODE_ENV'] !== 'production'
      const { texts, warnings } = await visit(agentOf(appWith({ ...kept(), cookie: { insecure } })))
      expect(texts).toEqual(['visit 1', 'visit 2', 'visit 3'])
      expect(warnings).toEqual([])
    })
  })
})
