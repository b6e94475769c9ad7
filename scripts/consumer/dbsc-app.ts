import { deviceBound } from '@keepsake/dbsc'
import { createSessions, session } from '@keepsake/express'
import express from 'express'
import { SECRET, visitTwice } from './visit-twice.ts'

export function run(): Promise<void> {
  const sessions = createSessions({ secrets: [SECRET], deviceBound: {} })
  const app = express()
  app.use(session(sessions), deviceBound(sessions))
  app.get('/', (req, res) => {
    const visits = Number(req.session.visits ?? 0) + 1
    req.session.visits = visits
    res.send(`visit ${visits}`)
  })
  return visitTwice(app)
}
