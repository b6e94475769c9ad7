// You need only this package: it exports all of core, and `Register` can be declared under its name.
export * from '@keepsake/core'
export { createCookie, type FetchCookie } from './cookies.ts'
export { createGuard, crossOriginGuard, type Guard } from './guard.ts'
export { type CookieJar, type CookieJarOptions, fromJar, type JarVisit } from './jar.ts'
export { type FetchVisit, open } from './open.ts'
export { plainResponse } from './plain-answer.ts'
export { withHeaders } from './with-headers.ts'
export { withSession, type WithSessionOptions } from './with-session.ts'
