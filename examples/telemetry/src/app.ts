import { randomBytes } from 'node:crypto'
import { createSessions, memoryStore, session } from '@keepsake/express'
import { context, trace } from '@opentelemetry/api'
import express from 'express'
import { exported, tracer } from './telemetry.ts'

declare module '@keepsake/express' {
  interface Register {
    session: { visits: number }
  }
}

const sessions = createSessions({
  secrets: [process.env['SESSION_SECRET'] ?? randomBytes(32).toString('base64url')],
  store: memoryStore(),
  cookie: { insecure: true },
})

export const app = express()

app.get('/telemetry', async (_req, res) => void res.json(await exported()))

/** A span for each request, with the store's spans below it. */
app.use((req, res, next) => {
  const span = tracer.startSpan(`${req.method} ${req.path}`)
  res.on('close', () => span.end())
  context.with(trace.setSpan(context.active(), span), next)
})
app.use(session(sessions))
app.get('/', (req, res) => {
  req.session.visits = (req.session.visits ?? 0) + 1
  res.send(`visit ${req.session.visits}; see /telemetry`)
})
