import { isOver, visit } from './visitor.ts'
import type { Row } from './rows.ts'
import type { Handler } from './peer.ts'

/** Keeps what the query says under `name`, and tells what is kept. */
const keepName: Handler = async ({ query, session, save, send }) => {
  session['name'] = query.get('name') ?? session['name']
  await save()
  send(session['name'] ?? 'nobody')
}

/** The same, without a call that saves. */
const keepNameUnsaved: Handler = ({ query, session, send }) => {
  session['name'] = query.get('name') ?? session['name']
  send(session['name'] ?? 'nobody')
}

/** What the values of cookies spell, once their encodings are taken off. */
const readable = (lines: readonly string[]): string =>
  lines
    .flatMap((line) => decodeURIComponent(line.split(';')[0] ?? '').split(/[=.]/))
    .flatMap((part) => [part, Buffer.from(part, 'base64').toString('latin1')])
    .join('\n')

export const rowsInCookie: readonly Row[] = [
  {
    text: 'nobody can read the session without the secret',
    async observe(peer) {
      await using visitor = disposing(await visit(peer, keepName))
      return !readable((await visitor.get('/?name=Adelaide')).lines).includes('Adelaide')
    },
  },
  {
    text: 'the server ends a copied cookie when its time is over',
    async observe(peer, passSeconds) {
      await using visitor = disposing(await visit(peer, keepName, { seconds: 300 }))
      const { cookie } = await visitor.get('/?name=Ada')
      // One of them tolerates clocks that differ by a minute.
      passSeconds(600)
      return (await visitor.get('/', cookie)).text === 'nobody'
    },
  },
  {
    text: 'a session that is too large is not lost without a word',
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
    text: 'a useless cookie of the same name does not hide the good one',
    async observe(peer) {
      await using visitor = disposing(await visit(peer, keepName))
      const { cookie } = await visitor.get('/?name=Ada')
      const useless = cookie.replaceAll(/=[^;]*/g, '=useless')
      return (await visitor.get('/', `${useless}; ${cookie}`)).text === 'Ada'
    },
  },
  {
    text: 'nothing has to be saved by hand',
    async observe(peer) {
      await using visitor = disposing(await visit(peer, keepNameUnsaved))
      const { cookie } = await visitor.get('/?name=Ada')
      return (await visitor.get('/', cookie)).text === 'Ada'
    },
  },
  {
    text: 'the cookie is Secure, HttpOnly and SameSite=Lax unless you say otherwise',
    async observe(peer) {
      await using visitor = disposing(await visit(peer, keepName))
      const [line = ''] = (await visitor.get('/?name=Ada')).lines
      return [/; *secure/i, /; *httponly/i, /; *samesite=lax/i].every((attribute) => attribute.test(line))
    },
  },
  {
    text: 'a secret that everybody knows is refused',
    observe: refusesKeyboardCat,
  },
  {
    text: 'what a handler wrote before it failed is kept',
    observe: keepsWhatFailed,
  },
  {
    text: 'a logout removes the cookie',
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

/** A secret from many a tutorial. */
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
