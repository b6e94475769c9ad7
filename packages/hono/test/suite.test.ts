import { attachSession, crossOriginGuard } from '@keepsake/node-http'
import { adapterSuite, exchangeOf, formOf } from '@keepsake/testing'
import { withHonoSession } from '../src/index.ts'

adapterSuite({
  name: 'Hono',
  listener: (sessions, handler, { guard }) =>
    withHonoSession(sessions, async (context) => {
      const { request, response } = context
      const attach = (others: typeof sessions) => attachSession(others, request, response)
      const exchange = exchangeOf(request, response, () => context.session, { attach })
      if (guard === undefined) return handler(exchange)
      Object.assign(request, { body: await formOf(request) })
      return crossOriginGuard(guard)(() => handler(exchange))(request, response)
    }),
})
