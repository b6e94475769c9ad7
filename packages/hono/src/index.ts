// You need only this package: it exports all of core, and `Register` can be declared under its name.
export * from '@keepsake/core'
export { crossOriginGuard } from './guard.ts'
export { sessionStatus } from './status.ts'
export { session, type SessionMiddlewareOptions, type SessionVariables } from './session.ts'
