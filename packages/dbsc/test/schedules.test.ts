import { memoryStore, type Sessions, type Store } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { createClock, type Data, fetchApp, sessionsOf, type Shown } from './support/app.ts'
import { createSigner, signedBy, type Signer } from './support/proof.ts'
import { createRandom } from './support/random.ts'
import { createTurns } from './support/turns.ts'

const SCHEDULES = Number(process.env['SCHEDULES'] ?? 60)
const FIRST = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)

const DEVICES = [createSigner('ES256'), createSigner('ES256')] as const
const ACTS = [
  'register',
  'register by another',
  'refresh',
  'refresh',
  'regenerate',
  'logout',
  'revoke',
  'write',
] as const
type Act = (typeof ACTS)[number]

const PLACES: Readonly<Record<string, () => { readonly store: Store } | { readonly revocation: Store }>> = {
  'in a store': () => ({ store: memoryStore() }),
  'in their cookies, with a revocation list': () => ({ revocation: memoryStore() }),
}

/** The cookies of a response by name; a deleted one has an empty value. */
const cookiesIn = (response: Response): ReadonlyMap<string, string> =>
  new Map(
    response.headers.getSetCookie().map((line) => {
      const [pair = ''] = line.split(';', 1)
      return [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
    }),
  )

const SESSION = '__Host-session'
const DEVICE = '__Host-session-device'

/** Everything that a browser, or a thief who watches it, ever gets of one session. */
class Visitor {
  readonly apps: readonly ((request: Request) => Promise<Response>)[]
  readonly sessionCookies = new Set<string>()
  readonly deviceCookies = new Set<string>(['none'])
  cookie = ''
  device = 'none'
  id = ''
  n = 0

  constructor(apps: Visitor['apps']) {
    this.apps = apps
  }

  async send(n: number, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const app = this.apps[n % this.apps.length]
    if (app === undefined) throw new Error('no application')
    const cookie = `${SESSION}=${this.cookie}; ${DEVICE}=${this.device}`
    const method = path.startsWith('/.session') ? 'POST' : 'GET'
    const response = await app(
      new Request(`https://shop.test${path}`, { method, headers: { cookie, ...headers } }),
    )
    const cookies = cookiesIn(response)
    const [own, device] = [cookies.get(SESSION), cookies.get(DEVICE)]
    if (own !== undefined) this.cookie = own
    if (device !== undefined) this.device = device
    if (own) this.sessionCookies.add(own)
    if (device) this.deviceCookies.add(device)
    return response
  }

  prove(n: number, path: string, by: Signer, challenge: string): Promise<Response> {
    const header = { alg: by.alg, typ: 'dbsc+jwt', ...(path === 'register' && { jwk: by.jwk }) }
    return this.send(n, `/.session/${path}`, {
      'sec-secure-session-id': this.id,
      'secure-session-response': signedBy(by, header, { jti: challenge }),
    })
  }
}

async function begin(sessions: readonly Sessions<Data>[], isBound: boolean) {
  const visitor = new Visitor(sessions.map(fetchApp))
  const login = await visitor.send(0, '/login/ada')
  const registration =
    /challenge="([^"]+)"/.exec(login.headers.get('secure-session-registration') ?? '')?.[1] ?? ''
  if (!isBound) return { visitor, registration, challenge: '' }
  const bound = await visitor.prove(0, 'register', DEVICES[0], registration)
  visitor.id = ((await bound.json()) as { readonly session_identifier: string }).session_identifier
  const asked = await visitor.send(0, '/.session/refresh', { 'sec-secure-session-id': visitor.id })
  const challenge = /^"([^"]+)"/.exec(asked.headers.get('secure-session-challenge') ?? '')?.[1] ?? ''
  return { visitor, registration, challenge }
}

/** The faults that a schedule has revealed. */
async function faultsOf(
  place: ReturnType<(typeof PLACES)[string]>,
  seed: number,
): Promise<readonly string[]> {
  const random = createRandom(seed)
  const clock = createClock()
  const isBound = random.below(2) === 0
  const cast: readonly Act[] = Array.from({ length: 2 + random.below(4) }, () => random.pick(ACTS))
  const plain = sessionsOf(clock, { ...place, revocationCache: 0 })
  const { visitor, registration, challenge } = await begin([plain], isBound)
  const turns = createTurns(random)
  const gated = Object.fromEntries(Object.entries(place).map(([name, store]) => [name, turns.gate(store)]))
  const processes = [0, 1].map(() =>
    sessionsOf(clock, { ...gated, revocationCache: 0, storeTimeLimit: 600_000 }),
  )
  const here = new Visitor(processes.map(fetchApp))
  Object.assign(here, { cookie: visitor.cookie, device: visitor.device, id: visitor.id })
  for (const one of visitor.sessionCookies) here.sessionCookies.add(one)
  const done: { readonly act: Act; readonly status: number; readonly text: string }[] = []
  const perform = async (
    act: Act,
    n: number,
  ): Promise<{ readonly status: number; readonly text: string }> => {
    if (act === 'revoke') {
      await processes[n % 2]?.revokeAll('ada')
      return { status: 200, text: '' }
    }
    const response =
      act === 'register' || act === 'register by another'
        ? await here.prove(n, 'register', DEVICES[act === 'register' ? 0 : 1], registration)
        : act === 'refresh'
          ? await here.prove(n, 'refresh', DEVICES[0], challenge)
          : await here.send(n, `/${act}`)
    return { status: response.status, text: await response.text() }
  }
  await turns.run(
    cast.map((act, n) => async () => {
      done.push({ act, ...(await perform(act, n)) })
    }),
  )
  const hasEnded = done.some(({ act, status }) => act === 'revoke' || (act === 'logout' && status === 200))
  clock.at += 11
  const opened: Shown[] = []
  for (const cookie of here.sessionCookies)
    for (const device of new Set([...here.deviceCookies, visitor.device])) {
      const headers = { cookie: `${SESSION}=${cookie}; ${DEVICE}=${device}` }
      const response = await fetchApp(plain)(new Request('https://shop.test/', { headers }))
      opened.push((await response.json()) as Shown)
    }
  const counted = (what: Act): number =>
    done.filter(({ act, status }) => act === what && status === 200).length
  const isAlive = opened.some(({ subject }) => subject === 'ada')
  const isBoundSomehow = isBound || counted('register') + counted('register by another') > 0
  const faults = [
    hasEnded && isAlive && 'an ended session was restored',
    !hasEnded && !isAlive && 'a session was lost',
    'store' in place &&
      isBoundSomehow &&
      opened.some(({ subject, bound }) => subject === 'ada' && bound !== true) &&
      'a bound session is accepted without its device',
    'store' in place &&
      counted('register') > 0 &&
      counted('register by another') > 0 &&
      'two keys are bound to one session',
    isBound && counted('register by another') > 0 && 'a key has replaced another',
    !hasEnded &&
      isBound &&
      done.some(({ text }) => text === '{"continue":false}') &&
      'the browser was told that a valid session had ended',
    done.some(({ status }) => status === 500) && 'an error',
  ].filter((fault) => fault !== false)
  return faults.map(
    (fault) => `${fault}: ${JSON.stringify({ cast, done: done.map(({ act, status }) => [act, status]) })}`,
  )
}

describe.each(Object.keys(PLACES))('sessions %s', (name) => {
  it(
    `stay bound to their device in ${SCHEDULES} orders of proofs, new ids, logouts and revocations`,
    { timeout: 600_000 },
    async () => {
      for (let seed = FIRST; seed < FIRST + SCHEDULES; seed++) {
        const faults = await faultsOf(PLACES[name]?.() ?? { store: memoryStore() }, seed)
        expect({ seed, faults }).toEqual({ seed, faults: [] })
      }
    },
  )
})
