import { describe } from 'vitest'
import { itWithstandsFuzzing } from './support.ts'
import { linesOf } from './targets.ts'

describe('a session of express-session, cookie-session, koa-session, @fastify/session, React Router or Remix', () => {
  itWithstandsFuzzing(linesOf)
})
