import type { ShopData } from '../data.ts'
import type { SyncCodec } from './codec.ts'

/** The methods that the plugin adds to Fastify. */
interface Decorated {
  createSecureSession(data: object): object
  encodeSecureSession(session: object): string
  decodeSecureSession(token: string): { get(key: string): unknown } | null
}

type Plugin = (host: object, options: object, next: (error?: Error) => void) => void

/** @fastify/secure-session's codec over libsodium in C, without Fastify; or the reason why it is unavailable. */
export async function secureSession(): Promise<SyncCodec | string> {
  try {
    const loaded: unknown = await import('@fastify/secure-session')
    const codec = await decoratedBy(
      (loaded as { readonly fastifySecureSession: Plugin }).fastifySecureSession,
    )
    return {
      name: '@fastify/secure-session',
      // A copy, because the plugin writes its timestamp into the object.
      seal: (data: ShopData) => codec.encodeSecureSession(codec.createSecureSession({ ...data })),
      open: (token) => codec.decodeSecureSession(token) ?? failed(),
    }
  } catch (error) {
    return `@fastify/secure-session is left out: ${error instanceof Error ? error.message.split('\n')[0] : 'unknown reason'}`
  }
}

function decoratedBy(plugin: Plugin): Promise<Decorated> {
  return new Promise((resolve, reject) => {
    const found: Record<string, unknown> = {}
    const silent = { trace: nothing, debug: nothing }
    const host = {
      log: silent,
      decorateRequest: nothing,
      decorate: (name: string, method: unknown) => (found[name] = method),
      hasPlugin: () => true,
      register: nothing,
    }
    const key = Buffer.alloc(32, 'a key of 32 bytes for libsodium')
    plugin.call(host, Object.assign(host, found), { key, expiry: 86_400 }, (error) => {
      if (error) reject(error)
      else resolve(Object.assign(host, found) as unknown as Decorated)
    })
  })
}

function nothing(): void {}

function failed(): never {
  throw new Error('@fastify/secure-session did not open its own token')
}
