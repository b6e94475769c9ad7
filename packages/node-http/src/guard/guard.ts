import { createGuardOf, type CrossOriginGuardOptions, type GuardOf } from '@keepsake/core/adapter'
import { REQUEST } from '../headers/connection.ts'
import type { AnyRequest } from '../headers/messages.ts'

/**
 * Lets a request pass, or throws. `body`: the parsed body.
 *
 * @throws {CrossOriginError} for a request that may change something and does not come from a page of this site.
 */
export type Guard = GuardOf<AnyRequest>

/**
 * The basis of the cross-origin guards of Node's adapters. Call it yourself if there is no response, as for a WebSocket
 * upgrade, which browsers let other sites request:
 *
 * ```ts
 * const guard = createGuard()
 * server.on('upgrade', (request, socket) => {
 *   try { guard(request) } catch { return socket.destroy() }
 *   …
 * })
 * ```
 *
 * If no session is attached to the request, any cookie counts as the session's.
 *
 * @throws {ConfigError} at start-up, for a wrong option.
 */
export const createGuard = (options?: CrossOriginGuardOptions): Guard => createGuardOf(REQUEST, options)
