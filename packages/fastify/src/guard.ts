import { type CrossOriginGuardOptions, readGuardRules } from '@keepsake/core/adapter'
import { createGuard } from '@keepsake/node-http'
import type { FastifyPluginAsync, onRequestHookHandler } from 'fastify'
import { fastifyPlugin } from 'fastify-plugin'

/**
 * A plugin that keeps other sites from sending requests in a visitor's name. Register it behind `session()`; see
 * `checkOrigin` of `@keepsake/core/adapter` for the rules.
 *
 * ```ts
 * app.register(session(sessions)).register(crossOriginGuard())
 * ```
 *
 * A refused request goes to the error handler as a `CrossOriginError`, which Fastify answers 403: before its body is read, or
 * behind the parsers of bodies with `token: true`.
 *
 * @throws {ConfigError} at start-up, for a wrong option.
 */
export function crossOriginGuard(options?: CrossOriginGuardOptions): FastifyPluginAsync {
  const guard = createGuard(options)
  const { token } = readGuardRules(options)
  const check: onRequestHookHandler = (request, _reply, next) => {
    guard(request.raw, request.body)
    next()
  }
  return fastifyPlugin(
    async (fastify) => {
      if (token) fastify.addHook('preValidation', check)
      else fastify.addHook('onRequest', check)
    },
    { fastify: '5.x', name: '@keepsake/fastify/guard' },
  )
}
