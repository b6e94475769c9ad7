import { IS_LONG, isAffected } from '@keepsake/test-services'

/** Where sessions are kept: a value of STORE. */
type StoreName = 'cookie' | 'memory' | 'file' | 'sqlite'

/** An example app, by the name of its folder. */
export interface App {
  readonly name: string
  readonly framework: string
  /** The store of the daily tests, and what they use. The long run also tests every app in a browser, on every store. */
  readonly daily: readonly [store: StoreName, by: 'HTTP' | 'HTTP and a browser']
}

/** The apps with a cart. */
export const CART_APPS: readonly App[] = [
  { name: 'express-cart', framework: 'Express', daily: ['cookie', 'HTTP and a browser'] },
  { name: 'koa-cart', framework: 'Koa', daily: ['cookie', 'HTTP'] },
  { name: 'node-http-cart', framework: 'node:http', daily: ['cookie', 'HTTP'] },
  { name: 'hono-cart', framework: 'Hono', daily: ['cookie', 'HTTP'] },
  { name: 'fastify-cart', framework: 'Fastify', daily: ['cookie', 'HTTP'] },
  { name: 'next-cart', framework: 'Next.js', daily: ['cookie', 'HTTP'] },
]

/** The apps with a cart and a login. */
export const LOGIN_APPS = [
  { name: 'express-login', framework: 'Express', daily: ['cookie', 'HTTP'] },
  { name: 'koa-login', framework: 'Koa', daily: ['file', 'HTTP'] },
  { name: 'node-http-login', framework: 'node:http', daily: ['sqlite', 'HTTP and a browser'] },
  { name: 'hono-login', framework: 'Hono', daily: ['memory', 'HTTP'] },
  { name: 'fastify-login', framework: 'Fastify', daily: ['cookie', 'HTTP'] },
  { name: 'next-login', framework: 'Next.js', daily: ['cookie', 'HTTP and a browser'] },
] as const satisfies readonly App[]

/** Three apps that run on every store, where they share their sessions. */
export const SHARING_APPS = [LOGIN_APPS[0], LOGIN_APPS[1], LOGIN_APPS[2]] as const

export interface Place {
  readonly store: StoreName
  readonly apps: readonly App[]
  /** Whether a new process finds the sessions of the previous one. */
  readonly survives: boolean
}

// Every store with the apps that are tested on it. Login apps include the cart. For stores on disk, three apps are enough.
const COOKIE: Place = { store: 'cookie', apps: [...CART_APPS, ...LOGIN_APPS], survives: true }
const MEMORY: Place = { store: 'memory', apps: LOGIN_APPS, survives: false }
const FILE: Place = { store: 'file', apps: SHARING_APPS, survives: true }
const SQLITE: Place = { store: 'sqlite', apps: SHARING_APPS, survives: true }

/** Whether to test an app: always, unless only the tests that a change affects are run. */
export const isAffectedApp = (name: string): boolean => isAffected('example-tests', `example-${name}`)

/** The stores on which three processes share their sessions. */
export const SHARED_PLACES: readonly Place[] = !SHARING_APPS.some(({ name }) => isAffectedApp(name))
  ? []
  : IS_LONG
    ? [COOKIE, FILE, SQLITE]
    : [COOKIE, SQLITE]

/** An app on a store. */
export interface Setting {
  readonly place: Place
  readonly app: App
}

const SETTINGS: readonly Setting[] = [COOKIE, MEMORY, FILE, SQLITE].flatMap((place) =>
  place.apps.filter(({ name }) => isAffectedApp(name)).map((app) => ({ place, app })),
)
/** Every app on its daily store. */
export const HTTP_SETTINGS: readonly Setting[] = SETTINGS.filter(
  ({ place, app }) => place.store === app.daily[0],
)
export const BROWSER_SETTINGS: readonly Setting[] = IS_LONG
  ? SETTINGS
  : HTTP_SETTINGS.filter(({ app }) => app.daily[1] !== 'HTTP')

/** The login apps that are tested with sessions in cookies. */
export const REMEMBERING: readonly Setting[] = (IS_LONG ? SETTINGS : HTTP_SETTINGS).filter(
  ({ place, app }) => place === COOKIE && LOGIN_APPS.some(({ name }) => name === app.name),
)
