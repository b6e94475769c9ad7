import { createServer } from 'node:http'
import { createSessions, memoryStore } from '@keepsake/core'
import type { Client } from '@keepsake/testing'
import express, { type ErrorRequestHandler, type Express } from 'express'
import express4 from 'express4'
import { clientOf } from '../../testing/test/client-of.ts'
import { session } from '../src/index.ts'

const secrets = ['a secret that is only for tests and has 51 characters']

const VERSIONS = Object.entries({ 'Express 5': express, 'Express 4': express4 })
const MODES = Object.entries({
  'in its cookie': () => createSessions({ secrets, revocation: 'none' }),
  'in a store': () => createSessions({ secrets, store: memoryStore() }),
})

/** An application with each version of Express, with sessions of each mode. */
export const APPS = VERSIONS.flatMap(([name, create]) =>
  MODES.map(([mode, sessionsOf]) => ({ name, mode, createApp: () => create().use(session(sessionsOf())) })),
)

const answerWithMessage: ErrorRequestHandler = (
  error: { status?: number; message: string },
  _req,
  res,
  _next,
) => {
  res.status(error.status ?? res.statusCode).send(error.message)
}

export async function serve(app: Express): Promise<Client> {
  return clientOf(createServer(app.use(answerWithMessage)))
}
