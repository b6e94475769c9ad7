import { ConfigError, type Sessions } from '@keepsake/core'
import { chooseAmong, type Choose, type DeviceHooks, isDevicePost } from '@keepsake/core/adapter'
import type { IncomingMessage } from 'node:http'
import { answerPost } from './answer.ts'
import { grouped, headerOf, pathOf, postOf } from './node.ts'
import { hooksOf, requireBoundFor } from './required.ts'
import { tellSkipped } from './skipped.ts'

/** The parts of Fastify's request that are used here. */
export interface DeviceRequest {
  readonly raw: IncomingMessage
}

/** The parts of Fastify's reply that are used here. */
export interface DeviceReply {
  code(status: number): unknown
  header(name: string, value: unknown): unknown
  send(body: string): unknown
}

/** A hook that continues with `next`, unless it has sent the reply. */
export type DeviceHook = (request: DeviceRequest, reply: DeviceReply, next: (error?: Error) => void) => void

/** Fastify, or one of its scopes. */
export interface DeviceScope {
  readonly prefix: string
  addHook(name: 'onRequest', hook: DeviceHook): unknown
  post(path: string, handler: () => undefined): unknown
}

/**
 * The same as {@link deviceBound} as a Fastify plugin. Register it after `session()`:
 *
 * ```ts
 * app.register(session(sessions)).register(fastifyDeviceBound(sessions))
 * ```
 *
 * With a function that chooses among several sessions, register it on the application itself: in a scope, Fastify calls hooks
 * only for existing routes.
 *
 * @throws {ConfigError} at start-up, for sessions without the option `deviceBound`, or if their path is not below the scope's prefix.
 */
export function fastifyDeviceBound<D>(
  sessions: Sessions<D> | Choose<D, DeviceRequest>,
): (scope: DeviceScope) => Promise<void> {
  const known = typeof sessions === 'function' ? undefined : hooksOf(sessions)
  const sessionsFor = chooseAmong(sessions)

  const hook: DeviceHook = (request, reply, next) => {
    const { raw } = request
    const chosen = sessionsFor(request)
    const hooks = hooksOf(chosen)
    tellSkipped(hooks, headerOf(raw, 'secure-session-skipped'))
    if (isDevicePost(chosen, raw.method, () => pathOf(raw))) {
      answerReply(hooks, raw, reply).catch(next)
      return
    }
    requireBoundFor(hooks, chosen, raw)
    next()
  }

  const plugin = async (scope: DeviceScope): Promise<void> => {
    scope.addHook('onRequest', hook)
    if (known === undefined) return
    for (const path of [known.register, known.refresh]) scope.post(within(scope.prefix, path), answeredBefore)
  }
  return Object.assign(plugin, { [NO_SCOPE]: true })
}

async function answerReply(hooks: DeviceHooks, raw: IncomingMessage, reply: DeviceReply): Promise<void> {
  const { status, headers, body } = await answerPost(hooks, postOf(raw))
  reply.code(status)
  for (const [name, value] of grouped(headers)) reply.header(name, value)
  reply.send(body)
}

/** Makes Fastify apply the plugin's hooks where it is registered, not only inside the plugin. */
const NO_SCOPE = Symbol.for('skip-override')

/** Answers in a hook, which runs before the body is read. */
const answeredBefore = (): undefined => undefined

function within(prefix: string, path: string): string {
  if (path.startsWith(`${prefix}/`)) return path.slice(prefix.length)
  throw new ConfigError('deviceBound.path', `expected a path below ${prefix}, where the plugin is registered`)
}
