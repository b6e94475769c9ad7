import type { FastifyInstance } from 'fastify'
import type { RequestListener } from 'node:http'

/** Serves an application of Fastify without its own server. */
export const listenerOf =
  (app: FastifyInstance): RequestListener =>
  (request, response) =>
    void app.ready().then(() => app.routing(request, response))
