import type { FastifyInstance } from 'fastify'
import type { RequestListener } from 'node:http'

/** What serves an application of Fastify that nobody has told to listen. */
export const listenerOf =
  (app: FastifyInstance): RequestListener =>
  (request, response) =>
    void app.ready().then(() => app.routing(request, response))
