import { type CrossOriginGuardOptions, readGuardRules } from '@keepsake/core/adapter'
import { createGuard } from '@keepsake/node-http'
import type { FastifyPluginAsync, onRequestHookHandler } from 'fastify'
import { fastifyPlugin } from 'fastify-plugin'

/**
 * A plugin that rejects cross-site requests. Register it after `session()`; see
 * `checkOrigin` of `@keepsake/core/adapter` for the rules.
 *
 * ```ts
 * app.register(session(sessions)).register(crossOriginGuard())
 * ```
 *
 * A rejected request reaches the error handler as a `CrossOriginError`, which Fastify answers with 403: before its body is read, or
 * after the body parsers with `token: true`.
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
