// Whoever has the adapter needs nothing else; what `Register` holds is declared in its name as well.
export * from '@keepsake/core'
export { createCookie, type KoaCookie } from './cookies.ts'
export { crossOriginGuard } from './guard.ts'
export { sessionStatus } from './status.ts'
export { session, type SessionContext, type SessionMiddlewareOptions } from './session.ts'
