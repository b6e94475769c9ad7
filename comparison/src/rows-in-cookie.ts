import { isOver, visit } from './visitor.ts'
import type { Row } from './rows.ts'
import type { Handler } from './peer.ts'

/** Stores the value of the query under `name`, and responds with the stored value. */
const keepName: Handler = async ({ query, session, save, send }) => {
  session['name'] = query.get('name') ?? session['name']
  await save()
  send(session['name'] ?? 'nobody')
}

/** The same without an explicit call to save. */
const keepNameUnsaved: Handler = ({ query, session, send }) => {
  session['name'] = query.get('name') ?? session['name']
  send(session['name'] ?? 'nobody')
}

/** The values of cookies, decoded as far as possible. */
const readable = (lines: readonly string[]): string =>
  lines
    .flatMap((line) => decodeURIComponent(line.split(';')[0] ?? '').split(/[=.]/))
    .flatMap((part) => [part, Buffer.from(part, 'base64').toString('latin1')])
    .join('\n')

export const rowsInCookie: readonly Row[] = [
  {
    text: 'the session data in the cookie is encrypted',
    async observe(peer) {
      await using visitor = disposing(await visit(peer, keepName))
      return !readable((await visitor.get('/?name=Adelaide')).lines).includes('Adelaide')
    },
  },
  {
    text: 'the server rejects an expired cookie that a client has kept',
    async observe(peer, passSeconds) {
      await using visitor = disposing(await visit(peer, keepName, { seconds: 300 }))
      const { cookie } = await visitor.get('/?name=Ada')
      // One library tolerates clocks that differ by a minute.
      passSeconds(600)
      return (await visitor.get('/', cookie)).text === 'nobody'
    },
  },
  {
    text: 'a session that is too large for a cookie is an error, not lost silently',
    async observe(peer) {
      await using visitor = disposing(
        await visit(peer, async ({ path, session, save, send }) => {
          if (path === '/fill')
            session['many'] = Array.from({ length: 3000 }, (_, index) => index % 97).join()
          await save()
          send(session['many'] === undefined ? 'lost' : 'kept')
        }),
      )
      const filled = await visitor.get('/fill')
      return filled.status >= 500 || (await visitor.get('/', filled.cookie)).text === 'kept'
    },
  },
  {
    text: 'an invalid duplicate of the cookie does not hide the valid one',
    async observe(peer) {
      await using visitor = disposing(await visit(peer, keepName))
      const { cookie } = await visitor.get('/?name=Ada')
      const useless = cookie.replaceAll(/=[^;]*/g, '=useless')
      return (await visitor.get('/', `${useless}; ${cookie}`)).text === 'Ada'
    },
  },
  {
    text: 'changes are saved without a call to `save()`',
    async observe(peer) {
      await using visitor = disposing(await visit(peer, keepNameUnsaved))
      const { cookie } = await visitor.get('/?name=Ada')
      return (await visitor.get('/', cookie)).text === 'Ada'
    },
  },
  {
    text: 'the cookie is Secure, HttpOnly and SameSite=Lax by default',
    async observe(peer) {
      await using visitor = disposing(await visit(peer, keepName))
      const [line = ''] = (await visitor.get('/?name=Ada')).lines
      return [/; *secure/i, /; *httponly/i, /; *samesite=lax/i].every((attribute) => attribute.test(line))
    },
  },
  {
    text: 'a well-known secret (`keyboard cat`) is rejected',
    observe: refusesKeyboardCat,
  },
  {
    text: 'changes that a handler made before it threw are saved',
    observe: keepsWhatFailed,
  },
  {
    text: 'ending the session removes the cookie from the browser',
    observe: removesCookie,
  },
]

export async function keepsWhatFailed(...[peer]: Parameters<Row['observe']>): Promise<boolean> {
  await using visitor = disposing(
    await visit(peer, ({ path, session, send }) => {
      if (path !== '/fail') return send(session['name'] ?? 'nobody')
      session['name'] = 'Ada'
      throw new Error('the handler failed')
    }),
  )
  const { cookie } = await visitor.get('/fail')
  return (await visitor.get('/', cookie)).text === 'Ada'
}

/** A secret from many tutorials. */
export async function refusesKeyboardCat(...[peer]: Parameters<Row['observe']>): Promise<boolean> {
  try {
    await using visitor = disposing(await visit(peer, keepName, { secret: 'keyboard cat' }))
    return (await visitor.get('/?name=Ada')).status >= 500
  } catch {
    return true
  }
}

export async function removesCookie(...[peer]: Parameters<Row['observe']>): Promise<boolean> {
  await using visitor = disposing(
    await visit(peer, async ({ path, session, save, end, send }) => {
      if (path === '/logout') await end()
      else session['name'] = 'Ada'
      if (path !== '/logout') await save()
      send('done')
    }),
  )
  const { cookie } = await visitor.get('/')
  return (await visitor.get('/logout', cookie)).lines.some(isOver)
}

/** The same, closed at the end of its block. */
export function disposing<T extends { close(): Promise<void> }>(closable: T): T & AsyncDisposable {
  return Object.assign(closable, { [Symbol.asyncDispose]: () => closable.close() })
}
