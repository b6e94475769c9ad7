import { getRequestListener } from '@hono/node-server'
import { session } from '@keepsake/hono'
import { Hono } from 'hono'
import { SECRET, visitTwice } from './visit-twice.ts'

export function run(): Promise<void> {
  const app = new Hono()
  app.use(session({ secrets: [SECRET] }))
  app.get('/', (c) => {
    const session = c.get('session')
    session.visits = Number(session.visits ?? 0) + 1
    return c.text(`visit ${Number(session.visits)}`)
  })
  const serve = getRequestListener(app.fetch)
  return visitTwice((req, res) => void serve(req, res))
}
