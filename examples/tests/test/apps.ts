import { IS_LONG } from '@keepsake/test-services'

/** An example app, by the name of its folder. */
export interface App {
  readonly name: string
  readonly framework: string
}

/** The apps with a cart. */
export const CART_APPS: readonly App[] = [
  { name: 'express-cart', framework: 'Express' },
  { name: 'koa-cart', framework: 'Koa' },
  { name: 'node-http-cart', framework: 'node:http' },
  { name: 'hono-cart', framework: 'Hono' },
  { name: 'fastify-cart', framework: 'Fastify' },
  { name: 'next-cart', framework: 'Next.js' },
]

/** The apps with a cart and a login. */
export const LOGIN_APPS = [
  { name: 'express-login', framework: 'Express' },
  { name: 'koa-login', framework: 'Koa' },
  { name: 'node-http-login', framework: 'node:http' },
  { name: 'hono-login', framework: 'Hono' },
  { name: 'fastify-login', framework: 'Fastify' },
  { name: 'next-login', framework: 'Next.js' },
] as const satisfies readonly App[]

/** Where sessions are kept: a value of STORE. */
export interface Place {
  readonly store: 'cookie' | 'memory' | 'file' | 'sqlite'
  readonly apps: readonly App[]
  /** Whether a new process finds the sessions of the previous one. */
  readonly survives: boolean
}

/** Every store with the apps that are tested on it. Login apps include the cart. For stores on disk, three apps are enough. */
export const PLACES = [
  { store: 'cookie', apps: [...CART_APPS, ...LOGIN_APPS], survives: true },
  { store: 'memory', apps: LOGIN_APPS, survives: false },
  { store: 'file', apps: LOGIN_APPS.slice(0, 3), survives: true },
  { store: 'sqlite', apps: LOGIN_APPS.slice(0, 3), survives: true },
] as const satisfies readonly Place[]

/** What a browser tests with every change: each framework and each store. The nightly run has all; over HTTP, all always run. */
const IN_BROWSER: ReadonlySet<string> = new Set([
  'express-cart on cookie',
  'next-cart on cookie',
  'express-login on cookie',
  'next-login on cookie',
  'hono-login on memory',
  'fastify-login on memory',
  'koa-login on file',
  'node-http-login on sqlite',
])

/** An app on a store. */
export interface Setting {
  readonly place: Place
  readonly app: App
}

const SETTINGS: readonly Setting[] = PLACES.flatMap((place) => place.apps.map((app) => ({ place, app })))
const isInBrowser = ({ place, app }: Setting): boolean =>
  IS_LONG || IN_BROWSER.has(`${app.name} on ${place.store}`)

export const BROWSER_SETTINGS: readonly Setting[] = SETTINGS.filter(isInBrowser)
export const HTTP_SETTINGS: readonly Setting[] = SETTINGS.filter((setting) => !isInBrowser(setting))
