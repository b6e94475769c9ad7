import { createGuardOf, type CrossOriginGuardOptions, type GuardOf } from '@keepsake/core/adapter'
import { REQUEST } from '../headers/connection.ts'
import type { AnyRequest } from '../headers/messages.ts'

/**
 * Lets a request pass, or throws. `body`: what a parser has made of its body.
 *
 * @throws {CrossOriginError} for a request that may change something and does not come from a page of this site.
 */
export type Guard = GuardOf<AnyRequest>

/**
 * What the cross-origin guards of Node's adapters stand on. By hand it serves where there is no response, as in an upgrade
 * to WebSocket, which no browser keeps other sites from asking for:
 *
 * ```ts
 * const guard = createGuard()
 * server.on('upgrade', (request, socket) => {
 *   try { guard(request) } catch { return socket.destroy() }
 *   …
 * })
 * ```
 *
 * Where no session is attached to the request, any cookie counts as the session's.
 *
 * @throws {ConfigError} at start-up, for a wrong option.
 */
export const createGuard = (options?: CrossOriginGuardOptions): Guard => createGuardOf(REQUEST, options)
