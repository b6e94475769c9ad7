import { STATUS_CODES } from 'node:http'
import { adapterSuite, exchangeOf, formOf } from '@keepsake/testing'
import { attach, attachSession, crossOriginGuard } from '../src/index.ts'

for (const [name, protocol] of Object.entries({ 'node:http': 'http/1.1', 'node:http2': 'h2' } as const)) {
  adapterSuite({
    name,
    protocol,
    listener:
      (sessions, handler, { guard }) =>
      async (request, response) => {
        const fail = (error: unknown): unknown => {
          const status = error instanceof Error && 'status' in error ? Number(error.status) : 500
          return response.writeHead(status).end(STATUS_CODES[status])
        }
        const respond = async (): Promise<unknown> => {
          const attachment = await attach(sessions, request, response, fail)
          const exchange = exchangeOf(request, response, () => attachment.session, {
            attach: (others) => attachSession(others, request, response, fail),
          })
          if (guard === undefined) return handler(exchange)
          Object.assign(request, { body: await formOf(request) })
          return crossOriginGuard(guard)(() => Promise.resolve(exchange).then(handler).catch(fail))(
            request,
            response,
          )
        }
        return respond().catch(fail)
      },
  })
}
