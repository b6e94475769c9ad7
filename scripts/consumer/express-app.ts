import { session } from '@keepsake/express'
import express from 'express'
import { SECRET, visitTwice } from './visit-twice.ts'

export function run(): Promise<void> {
  const app = express()
  app.use(session({ secrets: [SECRET] }))
  app.get('/', (req, res) => {
    req.session.visits = Number(req.session.visits ?? 0) + 1
    res.send(`visit ${Number(req.session.visits)}`)
  })
  return visitTwice(app)
}
