// You need only this package: it exports all of core, and `Register` can be declared under its name.
export * from '@keepsake/core'
export { createNextSession, type NextSession } from './next-session.ts'
export { createGuard, crossOriginGuard, type Guard, sessionStatus } from '@keepsake/fetch'
