import { describe, expect, it } from 'vitest'
import type { AdapterHost } from './host.ts'
import { sealedModes, type SuiteMode } from './modes.ts'
import { bodyScenarios } from './scenarios/bodies.ts'
import { cachingScenarios } from './scenarios/caching.ts'
import { cookieScenarios } from './scenarios/cookies.ts'
import { dataScenarios } from './scenarios/data.ts'
import { failureScenarios } from './scenarios/failures.ts'
import { flashScenarios } from './scenarios/flash.ts'
import { formerCookieScenarios } from './scenarios/former-cookies.ts'
import { guardScenarios } from './scenarios/guard.ts'
import { headerScenarios } from './scenarios/headers.ts'
import { lateScenarios } from './scenarios/late.ts'
import { logScenarios } from './scenarios/log.ts'
import { loginScenarios } from './scenarios/logins.ts'
import { renewalScenarios } from './scenarios/renewals.ts'
import { requestScenarios } from './scenarios/requests.ts'
import { sessionScenarios } from './scenarios/session.ts'
import { watchScenarios } from './scenarios/watching.ts'
import { createStage } from './stage.ts'

/**
 * Defines the tests of an adapter in the calling file: they send the same requests to every host, and expect the same
 * responses, header for header. They use real servers and sockets, except for a host of fetch handlers without a server.
 *
 * ```ts
 * adapterSuite({ name: 'node:http', listener: (sessions, handler) => … })
 * ```
 */
export function adapterSuite(host: AdapterHost, modes: readonly SuiteMode[] = sealedModes): void {
  const { features, readme } = host.without ?? NOTHING
  it.each(features)(`the README of ${host.name} names what it cannot do: %s`, (feature) => {
    expect(readme.toLowerCase()).toContain(feature)
  })
  describe.each(modes)(`${host.name}, ${protocolOf(host)}, $name`, (mode) => {
    const stage = createStage(host, mode)
    describe('a session', () => sessionScenarios(stage))
    describe('session data', () => dataScenarios(stage))
    describe('requests', () => requestScenarios(stage))
    describe('hostile cookies', () => cookieScenarios(stage))
    describe('a cookie with a former definition', () => formerCookieScenarios(stage))
    describe('a session that cannot be saved', () => failureScenarios(stage))
    describe('a login', () => loginScenarios(stage))
    describe('a session that gets a new cookie', () => renewalScenarios(stage))
    describe('flash messages', () => flashScenarios(stage))
    describe('the application’s headers', () => {
      headerScenarios(stage)
      logScenarios(stage)
    })
    describe('caching', () => cachingScenarios(stage))
    describe('the cross-origin guard', () => guardScenarios(stage))
    describe('response bodies', () => bodyScenarios(stage))
    describe('late changes', () => lateScenarios(stage))
    describe('a watched session', () => watchScenarios(stage))
  })
}

const NOTHING: NonNullable<AdapterHost['without']> = { features: [], readme: '' }

const protocolOf = (host: AdapterHost): string =>
  'fetch' in host ? (host.serve === undefined ? 'fetch' : 'http/1.1') : (host.protocol ?? 'http/1.1')
