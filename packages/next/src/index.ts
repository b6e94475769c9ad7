// Whoever has the adapter needs nothing else; what `Register` holds is declared in its name as well.
export * from '@keepsake/core'
export { createNextSession, type NextSession } from './next-session.ts'
export { createGuard, crossOriginGuard, type Guard, sessionStatus } from '@keepsake/fetch'
