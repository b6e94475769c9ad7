import { session } from '@keepsake/koa'
import Koa from 'koa'
import { SECRET, visitTwice } from './visit-twice.ts'

export function run(): Promise<void> {
  const app = new Koa()
  app.use(session({ secrets: [SECRET] }))
  app.use((ctx) => {
    ctx.session.visits = Number(ctx.session.visits ?? 0) + 1
    ctx.body = `visit ${Number(ctx.session.visits)}`
  })
  const serve = app.callback()
  return visitTwice((req, res) => void serve(req, res))
}
