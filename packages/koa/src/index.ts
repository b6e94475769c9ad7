export { createCookie, type KoaCookie } from './cookies.ts'
export { crossOriginGuard } from './guard.ts'
export { session, type SessionContext, type SessionMiddlewareOptions } from './session.ts'
