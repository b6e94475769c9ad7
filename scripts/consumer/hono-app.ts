import { session } from '@keepsake/hono'
import { Hono } from 'hono'
import { SECRET, visitHandlerTwice } from './visit-twice.ts'

export function run(): Promise<void> {
  const app = new Hono()
  app.use(session({ secrets: [SECRET] }))
  app.get('/', (c) => {
    const session = c.get('session')
    session.visits = Number(session.visits ?? 0) + 1
    return c.text(`visit ${Number(session.visits)}`)
  })
  return visitHandlerTwice((request) => app.fetch(request))
}
