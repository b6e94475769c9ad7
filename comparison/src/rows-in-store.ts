import type { Handler } from './peer.ts'
import type { Row } from './rows.ts'
import { disposing, keepsWhatFailed, refusesKeyboardCat, removesCookie } from './rows-in-cookie.ts'
import { type Visitor, visit } from './visitor.ts'

/** A promise and the function that resolves it. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: () => resolve() }
}

/** Holds all visitors until each of them has arrived. */
function barrier(count: number): () => Promise<void> {
  const { opened, open } = gate()
  let left = count
  return () => {
    if (--left === 0) open()
    return opened
  }
}

const ROUNDS = 50

/** Whether a promise settles while the server responds to many other requests. */
async function settlesMeanwhile(promise: Promise<unknown>, visitor: Visitor): Promise<boolean> {
  const settled = promise.then(() => true)
  for (let round = 0; round < ROUNDS; round++) {
    const other = visitor.get('/untouched').then(() => false)
    if (await Promise.race([settled, other])) return true
  }
  return false
}

const redirectAfterWriting: Handler = ({ path, session, redirect, send }) => {
  if (path === '/untouched') return send('here')
  session['name'] = 'Ada'
  return redirect('/next')
}

const PARALLEL = 5

export const rowsInStore: readonly Row[] = [
  {
    text: 'the session is saved before a redirect is sent',
    async observe(peer) {
      const { opened, open } = gate()
      await using visitor = disposing(await visit(peer, redirectAfterWriting))
      const writing = gate()
      visitor.backend.write = () => {
        writing.open()
        return opened
      }
      const redirect = visitor.head('/save')
      await writing.opened
      const isEarly = await settlesMeanwhile(redirect, visitor)
      open()
      await redirect
      return !isEarly
    },
  },
  {
    text: `${PARALLEL} parallel requests that each set a key keep all ${PARALLEL} keys`,
    async observe(peer) {
      const meet = barrier(PARALLEL)
      await using visitor = disposing(
        await visit(peer, async ({ path, query, session, send }) => {
          if (path === '/begin') session['begun'] = 'yes'
          if (path === '/set') {
            const key = query.get('key') ?? ''
            session[key] = 'yes'
            await meet()
          }
          send(
            Object.keys(session)
              .filter((key) => key.startsWith('key'))
              .length.toString(),
          )
        }),
      )
      const { cookie } = await visitor.get('/begin')
      await Promise.all(
        Array.from({ length: PARALLEL }, (_, index) => visitor.get(`/set?key=key${index}`, cookie)),
      )
      return (await visitor.get('/', cookie)).text === String(PARALLEL)
    },
  },
  {
    text: 'a slow request does not bring back a session that was logged out',
    async observe(peer) {
      const [begun, goOn] = [gate(), gate()]
      await using visitor = disposing(
        await visit(peer, async ({ path, session, end, send }) => {
          if (path === '/login') session['user'] = 'ada'
          if (path === '/logout') await end()
          if (path === '/slow') {
            session['seen'] = session['user']
            begun.open()
            await goOn.opened
          }
          send(path === '/logout' ? 'bye' : (session['user'] ?? 'nobody'))
        }),
      )
      const { cookie } = await visitor.get('/login')
      const slow = visitor.get('/slow', cookie)
      await begun.opened
      await visitor.get('/logout', cookie)
      goOn.open()
      await slow
      return (await visitor.get('/', cookie)).text === 'nobody'
    },
  },
  {
    text: 'a failed save is an error response, not a normal page',
    async observe(peer) {
      await using visitor = disposing(
        await visit(peer, ({ session, send }) => {
          session['name'] = 'Ada'
          send('saved')
        }),
      )
      visitor.backend.write = () => Promise.reject(new Error('the disk is full'))
      return (await visitor.get('/')).status >= 500
    },
  },
  {
    text: 'a request that only reads makes one store call',
    async observe(peer) {
      await using visitor = disposing(
        await visit(peer, ({ path, session, send }) => {
          if (path === '/begin') session['name'] = 'Ada'
          send('done')
        }),
      )
      const { cookie } = await visitor.get('/begin')
      visitor.backend.calls = 0
      await visitor.get('/', cookie)
      return visitor.backend.calls === 1
    },
  },
  {
    text: 'a leaked copy of the store contains no usable session id',
    async observe(peer) {
      await using visitor = disposing(
        await visit(peer, ({ session, send }) => {
          session['name'] = 'Ada'
          send('done')
        }),
      )
      const { cookie } = await visitor.get('/')
      const ids = decodeURIComponent(cookie)
        .split(/[=;.:]/)
        .filter((part) => part.length >= 20)
      return ids.every((id) => !visitor.backend.dump().includes(id))
    },
  },
  {
    text: 'an invalid duplicate of the cookie does not hide the valid one',
    async observe(peer) {
      await using visitor = disposing(
        await visit(peer, ({ path, session, send }) => {
          if (path === '/begin') session['name'] = 'Ada'
          send(session['name'] ?? 'nobody')
        }),
      )
      const { cookie } = await visitor.get('/begin')
      const useless = cookie.replaceAll(/=[^;]*/g, '=useless')
      return (await visitor.get('/', `${useless}; ${cookie}`)).text === 'Ada'
    },
  },
  { text: 'changes that a handler made before it threw are saved', observe: keepsWhatFailed },
  { text: 'ending the session removes the cookie from the browser', observe: removesCookie },
  { text: 'a well-known secret (`keyboard cat`) is rejected', observe: refusesKeyboardCat },
]
