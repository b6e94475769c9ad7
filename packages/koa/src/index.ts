// You need only this package: it exports all of core, and `Register` can be declared under its name.
export * from '@keepsake/core'
export { createCookie, type KoaCookie } from './cookies.ts'
export { crossOriginGuard } from './guard.ts'
export { sessionStatus } from './status.ts'
export { session, type SessionContext, type SessionMiddlewareOptions } from './session.ts'
