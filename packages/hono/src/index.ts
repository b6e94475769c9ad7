// Whoever has the adapter needs nothing else; what `Register` holds is declared in its name as well.
export * from '@keepsake/core'
export { crossOriginGuard } from './guard.ts'
export { sessionStatus } from './status.ts'
export { session, type SessionMiddlewareOptions, type SessionVariables } from './session.ts'
