/* Minimal types of other libraries: their own would declare another type for `req.session` than Keepsake's. */
declare module 'express-session' {
  import type { RequestHandler } from 'express'
  interface SessionOptions {
    readonly secret: string
    readonly resave?: boolean
    readonly saveUninitialized?: boolean
    readonly store?: MemoryStore
    readonly rolling?: boolean
    readonly cookie?: object
  }
  export class MemoryStore {
    set(id: string, data: object, done?: () => void): void
  }
  export default function session(options: SessionOptions): RequestHandler
}
declare module 'cookie-session' {
  import type { RequestHandler } from 'express'
  export default function cookieSession(options: {
    readonly keys: readonly string[]
    readonly [option: string]: unknown
  }): RequestHandler
}
declare module 'koa-session' {
  import type { Middleware } from 'koa'
  export default function session(options: object, app: object): Middleware
}
