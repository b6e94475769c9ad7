/*
 * A long sequence of good and bad requests. Prints everything that Keepsake throws, publishes, warns about, or returns to
 * `inspect` or JSON. It does not print what a program prints on purpose: the session, its id,
 * the cookie lines. Those go to the parent process (file descriptor 3), which searches the output for them.
 */
import { subscribe } from 'node:diagnostics_channel'
import { writeSync } from 'node:fs'
import { inspect } from 'node:util'
import {
  createCookie,
  createSessions,
  memoryStore,
  type Session,
  SESSION_CHANNEL,
  type Sessions,
  type SessionsOptions,
  type Store,
} from '@keepsake/core'
import { createSealer } from '@keepsake/core/sealer'
import { createClient } from '@keepsake/testing'
import { hosts } from '../src/hosts.ts'
import { serve } from '../src/server.ts'

type Data = Record<string, unknown>

const { secret, older, datum, subject, cookieValue } = JSON.parse(process.argv[2] ?? '') as Record<
  string,
  string
>
const secrets = [secret ?? '', older ?? '']

/** Sends the parent a value that must not be in the output. */
const hide = (name: string, value: string): void => void writeSync(3, `${JSON.stringify({ name, value })}\n`)

const seen = new Set<unknown>()

/** Prints a value in every way that a program may by accident. */
function show(what: string, value: unknown): void {
  console.log(
    what,
    inspect(value, { showHidden: true, depth: 30, maxStringLength: null, maxArrayLength: null }),
  )
  console.log(`${what}: ${String(value)} ${json(value)}`)
  if (value instanceof Error && !seen.has(value)) {
    seen.add(value)
    console.log(value.stack, JSON.stringify(value, Object.getOwnPropertyNames(value)))
    if (value.cause !== undefined) show(`${what}, cause`, value.cause)
  }
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'undefined'
  } catch (error) {
    return String(error)
  }
}

async function attempt(what: string, work: () => unknown): Promise<void> {
  try {
    await work()
  } catch (error) {
    show(what, error)
  }
}

subscribe(SESSION_CHANNEL, (event) => show('event', event))
process.on('warning', (warning) => show('warning', warning))
process.on('unhandledRejection', (error) => show('UNHANDLED', error))

function fail(...args: unknown[]): never {
  throw Object.assign(new Error(`the backend failed on ${inspect(args)}`), { args })
}

/** A store whose errors contain its arguments, like those of drivers. It gets only hashes and sealed texts. */
function failing(inner: Store, isFailing: () => boolean): Store {
  return {
    ...inner,
    read: async (key) => (isFailing() ? fail('read', key) : inner.read(key)),
    create: async (key, record) => (isFailing() ? fail('create', key, record) : inner.create(key, record)),
    replace: async (key, revision, record) =>
      isFailing() ? fail('replace', key, revision, record) : inner.replace(key, revision, record),
  }
}

let isFailing = false
const store = (): Store => failing(memoryStore(), () => isFailing)
const MODES: Readonly<Record<string, () => Omit<SessionsOptions, 'secrets'>>> = {
  sealed: () => ({}),
  stored: () => ({ store: store() }),
  overflowing: () => ({ overflow: store() }),
  strict: () => ({ store: store(), onConflict: 'fail', whenStoreFails: 'anonymous' }),
}

/** The handlers, by path. */
const HANDLERS: Readonly<Record<string, (session: Session<Data>) => unknown>> = {
  '/write': (session) => {
    session['note'] = datum
    session['nested'] = { list: [datum, new Map([[datum, new Date(0)]])] }
  },
  '/login': (session) => session.login(subject ?? '', { keep: ['note'] }),
  '/read': (session) => session['note'],
  '/regenerate': (session) => session.regenerate(),
  '/update': (session) => session.update((data) => ((data as Data)['n'] = datum)),
  '/large': (session) => (session['note'] = (datum ?? '').repeat(5000)),
  '/function': (session) => (session['note'] = { [`key`]: [datum, () => datum] }),
  '/circle': (session) => (session['note'] = { session, datum }),
  '/class': (session) => (session['note'] = new Error(datum)),
  '/logout': (session) => session.logout(),
}

async function tell(sessions: Sessions<Data>, mode: string): Promise<void> {
  show(`${mode} sessions`, sessions)
  show(`${mode} cookie`, sessions.cookie)
  for (const [host, listen] of Object.entries(hosts)) {
    const listener = listen(sessions, async (session, path) => {
      hide('sid', session.id)
      show('explain', session.explain())
      await HANDLERS[path]?.(session)
      if (path === '/read') await attempt('save', () => session.save())
      hide('sid', session.id)
      return 'done'
    })
    show(`${host} listener`, listener)
    const { origin, close } = await serve(listener)
    const client = createClient(origin)
    const last = (): string => client.jar.cookieFor(origin).split('=').slice(1).join('=')
    for (const [path, fails] of Object.keys(HANDLERS).flatMap((path) => [
      [path, false] as const,
      [path, true] as const,
    ])) {
      isFailing = fails
      const { status, text, fields } = await client.request(path)
      const shown = fields.filter(([name]) => name.toLowerCase() !== 'set-cookie')
      console.log(mode, host, path, status, text, JSON.stringify(shown))
      if (last() !== '') hide('token', last())
    }
    isFailing = false
    await client.request('/write')
    hide('token', last())
    const { name } = sessions.cookie
    const bad = [
      `${last()}A`,
      `${last().slice(0, -1)}~`,
      last().slice(0, 20),
      last().toLowerCase(),
      `${last()}; ${name}=${'A'.repeat(64)}; ${name}=${cookieValue}`,
      `${cookieValue}\u00ff"`,
      `${cookieValue}${'x'.repeat(10_000)}`,
    ]
    for (const value of bad) {
      const answer = await client.request('/read', {
        headers: { Cookie: `${name}=${value}; other=${cookieValue}` },
      })
      console.log(mode, host, answer.status, answer.text)
    }
    await client.close()
    await close()
  }
}

for (const [mode, options] of Object.entries(MODES)) {
  const sessions = createSessions<Data>({ secrets, ...options() })
  await tell(sessions, mode)
  const visit = await sessions.open(`${sessions.cookie.name}=${cookieValue}`)
  show('visit', visit)
  await attempt('open', () => sessions.open(`${cookieValue}`.repeat(5000)))
  await sessions.close()
}

// Configuration errors at start-up, with secrets in the wrong places.
const wrong = (options: object): Promise<void> =>
  attempt('start', () => createSessions(options as SessionsOptions))
await wrong({ secret })
await wrong({ secrets: secret })
await wrong({ secrets: [secret, secret] })
await wrong({ secrets: [`${secret}`.slice(0, 20)] })
await wrong({ secrets, keys: secrets })
await wrong({ secrets: [{ secret }] })
await wrong({ secrets, store: `redis://user:${cookieValue}@host` })
await attempt('sealer', () => createSealer({ secrets: [`${secret}`.slice(0, 30)], name: 'a' }))
const sealer = createSealer({ secrets, name: 'a' })
show('sealer', sealer)
for (const protection of [{ signed: secrets }, { sealed: secrets }]) {
  const cookie = createCookie('a', protection)
  show('cookie', cookie)
  hide(
    'token',
    cookie
      .write(datum ?? '')
      .split(';')[0]
      ?.slice(2) ?? '',
  )
  show('nothing', cookie.read(`a=${cookieValue}`))
  await attempt('write', () => cookie.write((datum ?? '').repeat(900)))
  await attempt('write', () => createCookie('a').write(`${datum};`))
}
console.log('THE END')
