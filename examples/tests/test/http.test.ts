import { afterAll, beforeAll, describe } from 'vitest'
import { HTTP_SETTINGS, LOGIN_APPS, SHARED_PLACES, SHARING_APPS } from './apps.ts'
import { createHttpVisitor } from './http-visitor.ts'
import { cartOverHttp } from './scenarios/over-http/cart.ts'
import { devicesOverHttp } from './scenarios/over-http/devices.ts'
import { loginOverHttp } from './scenarios/over-http/login.ts'
import { pagesOverHttp } from './scenarios/over-http/pages.ts'
import { passwordOverHttp } from './scenarios/over-http/password.ts'
import type { HttpScene } from './scenarios/over-http/scene.ts'
import { sealedOverHttp } from './scenarios/over-http/sealed.ts'
import { sharedScenarios } from './scenarios/shared.ts'
import { type Servers, startServers } from './servers.ts'

const SHARING = SHARED_PLACES.flatMap((place) => SHARING_APPS.map((app) => ({ place, app })))

let servers: Servers
beforeAll(async () => {
  servers = await startServers([...HTTP_SETTINGS, ...SHARING])
})
afterAll(() => servers.stop())

describe.each(HTTP_SETTINGS)('the shop over HTTP, $app.name on $place.store', ({ place, app }) => {
  const scene: HttpScene = {
    place,
    app,
    secret: () => servers.secret,
    server: () => servers.of(place, app),
    visitor: (userAgent) => createHttpVisitor(servers.of(place, app).url, { userAgent }),
  }
  cartOverHttp(scene)
  pagesOverHttp(scene)
  if (!LOGIN_APPS.some(({ name }) => name === app.name)) return
  loginOverHttp(scene)
  devicesOverHttp(scene)
  if (place.store === 'cookie') sealedOverHttp(scene)
  passwordOverHttp(scene)
})

describe.each(SHARED_PLACES)('the shop over HTTP, three apps on one $store', (place) => {
  sharedScenarios(place, (app) => servers.of(place, app))
})
