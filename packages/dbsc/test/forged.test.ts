import { describe, expect, it } from 'vitest'
import { createClock, fetchApp, sessionsOf } from './support/app.ts'
import { FORGERY_KINDS, forgedProofs } from './support/forged-proofs.ts'
import type { Victim } from './support/forger.ts'
import { createSigner, signedBy, type Signer } from './support/proof.ts'

const FORGERIES = Number(process.env['FORGERIES'] ?? 100)
const SEED = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)

type App = (request: Request) => Promise<Response>

const post = (
  app: App,
  path: string,
  cookie: string,
  fields: readonly string[],
  id = '',
): Promise<Response> => {
  const headers = new Headers({ cookie, 'sec-secure-session-id': id })
  for (const field of fields)
    // Parsers of browsers and servers reject a field with control characters.
    if (/^[\t\x20-\x7e\x80-\xff]*$/.test(field)) headers.append('secure-session-response', field)
  return app(new Request(`https://shop.test/.session/${path}`, { method: 'POST', headers }))
}

const cookieIn = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ')

async function logIn(app: App): Promise<{ readonly cookie: string; readonly challenge: string }> {
  const response = await app(new Request('https://shop.test/login/ada'))
  const field = response.headers.get('secure-session-registration') ?? ''
  return { cookie: cookieIn(response), challenge: /challenge="([^"]+)"/.exec(field)?.[1] ?? '' }
}

async function bind(app: App, device: Signer) {
  const { cookie, challenge } = await logIn(app)
  const proof = signedBy(device, { alg: device.alg, typ: 'dbsc+jwt', jwk: device.jwk }, { jti: challenge })
  const response = await post(app, 'register', cookie, [proof])
  const { session_identifier: id } = (await response.json()) as { readonly session_identifier: string }
  return { cookie: cookieIn(response), id, own: cookie }
}

async function challengeFor(app: App, cookie: string, id: string): Promise<string> {
  const field = (await post(app, 'refresh', cookie, [], id)).headers.get('secure-session-challenge')
  return /^"([^"]+)"/.exec(field ?? '')?.[1] ?? ''
}

describe.each(['ES256', 'RS256'] as const)('a session of a device with a key for %s', (alg) => {
  it(`is not bound by any of ${FORGERIES} forged registrations`, { timeout: 600_000 }, async () => {
    const clock = createClock()
    const app = fetchApp(sessionsOf(clock))
    const device = createSigner(alg)
    const expired = await logIn(app)
    clock.at += 121
    const { cookie, challenge } = await logIn(app)
    const foreign = await app(new Request('https://shop.test/login/bob'))
    const victim: Victim = {
      kind: 'registration',
      device,
      challenge,
      expired: expired.challenge,
      foreign:
        /challenge="([^"]+)"/.exec(foreign.headers.get('secure-session-registration') ?? '')?.[1] ?? '',
    }
    for (const { kind, fields } of forgedProofs(victim, FORGERIES, SEED)) {
      const { status } = await post(app, 'register', cookie, fields)
      expect({ kind, status, seed: SEED }).toEqual({ kind, status: 400, seed: SEED })
    }
    const genuine = signedBy(device, { alg, typ: 'dbsc+jwt', jwk: device.jwk }, { jti: challenge })
    expect((await post(app, 'register', cookie, [genuine])).status).toBe(200)
  })

  it(`is not refreshed by any of ${FORGERIES} forged proofs`, { timeout: 600_000 }, async () => {
    const clock = createClock()
    const app = fetchApp(sessionsOf(clock))
    const device = createSigner(alg)
    const { cookie, id } = await bind(app, device)
    const other = await bind(app, createSigner(alg))
    const expired = await challengeFor(app, cookie, id)
    clock.at += 301
    const victim: Victim = {
      kind: 'refresh',
      device,
      challenge: await challengeFor(app, cookie, id),
      expired,
      foreign: await challengeFor(app, other.cookie, other.id),
    }
    const kinds = new Set<string>()
    for (const { kind, fields } of forgedProofs(victim, FORGERIES, SEED)) {
      kinds.add(kind)
      const { status } = await post(app, 'refresh', cookie, fields, id)
      expect({ kind, status, seed: SEED }).toEqual({ kind, status: 403, seed: SEED })
    }
    expect([...kinds]).toEqual(FORGERY_KINDS.slice(0, FORGERIES))
    const genuine = signedBy(device, { alg, typ: 'dbsc+jwt' }, { jti: victim.challenge })
    expect((await post(app, 'refresh', cookie, [genuine], id)).status).toBe(200)
  })
})
