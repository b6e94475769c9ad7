import { attachSession, crossOriginGuard } from '@keepsake/node-http'
import { adapterSuite, exchangeOf, formOf } from '@keepsake/testing'
import { withFastifySession } from '../src/index.ts'

adapterSuite({
  name: 'Fastify',
  listener: (sessions, handler, { guard }) =>
    withFastifySession(sessions, async (context) => {
      const { request, response } = context
      const attach = (others: typeof sessions) => attachSession(others, request, response)
      const exchange = exchangeOf(request, response, () => context.session, { attach })
      if (guard === undefined) return handler(exchange)
      Object.assign(request, { body: await formOf(request) })
      return crossOriginGuard(guard)(() => handler(exchange))(request, response)
    }),
})
