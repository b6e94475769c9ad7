import { session } from '@keepsake/fastify'
import { fastify } from 'fastify'
import { SECRET, visitTwice } from './visit-twice.ts'

export async function run(): Promise<void> {
  const app = fastify()
  await app.register(session({ secrets: [SECRET] }))
  app.get('/', (request) => {
    request.session.visits = Number(request.session.visits ?? 0) + 1
    return `visit ${Number(request.session.visits)}`
  })
  await app.ready()
  return visitTwice((req, res) => app.routing(req, res))
}
