import { afterAll, beforeAll, describe } from 'vitest'
import { HTTP_SETTINGS, SHARED_PLACES } from './apps.ts'
import { httpScenarios } from './scenarios/over-http.ts'
import { sharedScenarios } from './scenarios/shared.ts'
import { type Servers, startServers } from './servers.ts'

let servers: Servers
beforeAll(async () => {
  servers = await startServers()
})
afterAll(() => servers.stop())

describe.each(HTTP_SETTINGS)('the shop over HTTP, $app.name on $place.store', ({ place, app }) => {
  httpScenarios(place, app, () => servers.of(place, app))
})

describe.each(SHARED_PLACES)('the shop over HTTP, three apps on one $store', (place) => {
  sharedScenarios(place, (app) => servers.of(place, app))
})
