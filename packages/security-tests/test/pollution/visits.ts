import { createHash, createHmac } from 'node:crypto'
import { channel, subscribe } from 'node:diagnostics_channel'
import {
  createCookie,
  createSessions,
  readCookies,
  type Session,
  SESSION_CHANNEL,
  type SessionsOptions,
} from '@keepsake/core'

type Data = Record<string, unknown>

/** Runs a scenario and describes its result, without random parts. */
export type Act = () => Promise<readonly string[]>

export const secrets = [createHash('sha256').update('pollution').digest('base64url')]

let events: string[] = []
subscribe(SESSION_CHANNEL, (event) => {
  const { type, reason, ref } = event as { type: string; reason: string; ref: string | undefined }
  events.push(`${type} ${reason} ${typeof ref}`)
})
process.on('warning', ({ code, message }: Error & { code?: string }) => {
  events.push(`warning ${code ?? message}`)
})

/** A Set-Cookie line: attributes unchanged, values by their length, dates omitted. */
export const shown = (line: string): string =>
  line.replace(/=[^;]*/, (value) => `=(${value.length - 1})`).replace(/Expires=[^;]*/, 'Expires')

/** Errors of a handler are part of the result. */
export async function outcome(work: () => unknown): Promise<string> {
  try {
    return told(await work())
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : 'no error'
  }
}

/** A value as text, by its own properties. */
export function told(value: unknown): string {
  if (value instanceof Date) return `date ${value.getTime()}`
  if (value instanceof Map || value instanceof Set) return `[${[...value].map(told).join()}]`
  if (Array.isArray(value)) return `[${value.map(told).join()}]`
  if (typeof value !== 'object' || value === null) return String(value)
  return `{${Object.keys(value)
    .map((key) => `${key}:${told((value as Data)[key])}`)
    .join()}}`
}

const factsOf = (session: Session<Data>): string =>
  [
    session.subject,
    session.label,
    session.isNew,
    session.isChanged,
    session.permanent,
    session.isFresh('5m'),
    session.createdAt.getTime(),
    session.expiresAt.getTime(),
    told(session.explain()),
    told(Object.fromEntries(Object.entries(session))),
  ].join(' ')

/** The sessions of one configuration, from the first visit to the last logout. */
export const visits =
  (options: () => Omit<SessionsOptions, 'secrets' | 'now'>): Act =>
  async () => {
    let time = 1_800_000_000_000
    const lines: string[] = []
    events = []
    const sessions = createSessions<Data>({ secrets, now: () => time, ...options() })
    let cookie: string | undefined

    async function visit(handle: (session: Session<Data>) => unknown, from = cookie): Promise<string> {
      const { session, close } = await sessions.open(from)
      lines.push(factsOf(session))
      lines.push(await outcome(() => handle(session)))
      lines.push(factsOf(session))
      lines.push(
        await outcome(async () => {
          const headers = await close()
          for (const [name, value] of headers) {
            lines.push(`${name}: ${name === 'Set-Cookie' ? shown(value) : value}`)
            if (name !== 'Set-Cookie') continue
            cookie = value.includes('Max-Age=0') ? undefined : value.slice(0, value.indexOf(';'))
          }
        }),
      )
      time += 1000
      return cookie ?? ''
    }

    await visit(() => undefined)
    await visit((session) => session['nothing'])
    const anonymous = await visit((session) => {
      session['cart'] = ['book', { title: 'Emil', at: new Date(0) }]
      session['$tagged'] = new Map([['a', new Set([1n])]])
    })
    await visit((session) => session['cart'])
    time += 120_000
    await visit((session) => session['cart'])
    await visit((session) => session.update((data) => void ((data as Data)['n'] = 1)))
    await visit((session) => session.flash('info', 'Saved'))
    await visit((session) => session.flash())
    await visit((session) => session.expire('n', '1m'))
    time += 61_000
    await visit((session) => session['n'])
    await visit((session) => session.verifyCsrf(session.csrfToken()))
    await visit((session) => session.regenerate())
    await visit((session) => session['cart'], anonymous)
    await visit((session) => session.login('berta', { keep: ['cart'] }))
    await visit((session) => session['cart'])
    await visit((session) => session.login('berta', { label: 'a browser' }))
    await visit((session) => (session.permanent = true))
    await visit((session) => session.take('cart'))
    await visit((session) => session.pop('$tagged'))
    await visit(async (session) => {
      session['x'] = 1
      await session.save()
      session['y'] = 2
      await session.reload()
    })
    lines.push(await outcome(() => sessions.peek(cookie)))
    const { session } = await sessions.open(cookie)
    for (const subject of ['berta', 'admin'])
      for (const current of [session, undefined])
        lines.push(
          await outcome(async () => {
            const devices = await sessions.listFor(subject, { current })
            return devices.map((device) => ({ ...device, handle: device.handle.length }))
          }),
        )
    lines.push(await outcome(async () => (await sessions.listFor('berta')).length))
    lines.push(await outcome(() => sessions.revoke(session.id, { subject: undefined })))
    lines.push(await outcome(() => (sessions.revoke as (handle: string) => unknown)(session.id)))
    lines.push(await outcome(() => (sessions.revoke as (...args: unknown[]) => unknown)(session.id, {})))
    lines.push(await outcome(() => sessions.revokeAll('berta', { except: session })))
    await visit((own) => own.subject)
    lines.push(await outcome(() => sessions.revokeAll('admin')))
    await visit((own) => own.logout({ clearSiteData: true }))
    await visit((own) => own.login('anna'))
    await visit((own) => own.logout({ everywhere: true }))
    await visit((own) => own.login('anna'))
    await visit((own) => own.logout())
    await visit((own) => (own['large'] = 'x'.repeat(20_000)))
    await visit((own) => (own['large'] = 'x'))
    await visit((own) => own.clear())
    await visit((own) => (own['a'] = 1))
    const parallel = cookie
    await visit((own) => (own['b'] = 2), parallel)
    lines.push(
      await outcome(async () => {
        const both = await Promise.all([sessions.open(parallel), sessions.open(parallel)])
        both.forEach((one, at) => (one.session[`p${at}`] = at))
        for (const one of both) await one.close()
      }),
    )
    await visit((own) => own['p1'])
    await visit((own) => own.destroy())
    await visit(() => undefined, `${sessions.cookie.name}=AAAA`)
    await visit(() => undefined, `${sessions.cookie.name}=${'A'.repeat(64)}`)
    await sessions.close()
    await new Promise((resolve) => setImmediate(resolve))
    return [...lines, ...events]
  }

export const cookies: Act = async () => {
  const plain = createCookie('theme', { maxAge: '1d' })
  const bare = createCookie('theme')
  const signed = createCookie('theme', { signed: secrets })
  const sealed = createCookie('theme', { sealed: secrets, maxAge: 60 })
  const json = createCookie<Data>('theme', { json: true })
  const schema = createCookie<number>('theme', { schema: { '~standard': STANDARD } })
  const lines = [bare, plain, signed, sealed].flatMap((cookie) => {
    const line = cookie.write('dark')
    const pair = line.slice(0, line.indexOf(';'))
    return [
      shown(line),
      shown(cookie.write('dark', { maxAge: 5 })),
      cookie.clear(),
      told(cookie.readAll(pair)),
    ]
  })
  const value = json.write({ a: [1] })
  return [
    ...lines,
    shown(value),
    told(json.read(value.slice(0, value.indexOf(';')))),
    told(json.read('theme=%7B%7D')),
    await outcome(() => schema.write(1)),
    await outcome(() => schema.write('1' as unknown as number)),
    told(schema.read('theme=1')),
    told(readCookies('a=1; b')),
    await outcome(() => createCookie('theme', { secret: 'x' } as object)),
    await outcome(() => createCookie('theme', { sameSite: 'none', secure: false })),
  ]
}

const STANDARD = {
  version: 1,
  vendor: 'test',
  validate: (value: unknown) =>
    typeof value === 'number' ? { value } : { issues: [{ message: 'expected a number' }] },
} as const

/** Node's own part of all that: if it is broken, our code cannot work. */
export const bare: Act = async () => {
  const lines: string[] = []
  events = []
  channel(SESSION_CHANNEL).publish({ type: 'a', reason: 'b', ref: undefined })
  process.emitWarning('careful', { type: 'Careful', code: 'CAREFUL', detail: 'a lot' })
  lines.push(createHmac('sha256', 'a').update('b').digest('base64url'))
  lines.push(JSON.stringify({ a: [1, { b: null }] }), told(JSON.parse('{"a":[1,{}]}')))
  const [first] = ['a', 'b']
  lines.push(first ?? '')
  lines.push(await outcome(async () => ({ a: await Promise.resolve({ b: 1 }) })))
  await new Promise((resolve) => setTimeout(resolve))
  await new Promise((resolve) => setImmediate(resolve))
  return [...lines, ...events]
}
