import { createSessions, memoryStore, type Session } from '@keepsake/core'
import { openVisit } from '@keepsake/core/adapter'

type Data = Record<string, unknown>
type Handle = (session: Session<Data>) => unknown

const SECRET = 'a secret that is only for this page: 48 characters'
const OTHER = 'another secret that is only for this page: 52 of them'

const login: Handle = (session) => {
  session.login('ada')
  session['name'] = 'Ada'
}
const read: Handle = (session) => session['name']

/** A developer's first requests, and whether each of them uses its session. */
const REQUESTS: readonly (readonly [request: string, handle?: Handle])[] = [
  ['GET /style.css'],
  ['GET /', read],
  ['POST /login', login],
  ['GET /account', read],
  ['POST /cart?sku=A1', (session) => (session['cart'] = ['A1'])],
  ['POST /account', (session) => Object.assign(session, { name: 'Ada L.', note: 'x'.repeat(70_000) })],
  ['POST /logout', (session) => session.logout()],
]

/** Prints the development log of these requests. */
export async function spendFirstHour(): Promise<void> {
  const sessions = createSessions<Data>({ secrets: [SECRET], store: memoryStore(), log: 'dev' })
  let cookie: string | undefined
  for (const [request, handle] of REQUESTS) {
    const visit = await openVisit(sessions, sourceOf(request, cookie))
    await handle?.(visit.session)
    const headers = await (async () => visit.close())().catch(() => [])
    const line = headers.find(([name]) => name === 'Set-Cookie')?.[1]
    cookie = line?.split(';')[0] ?? cookie
    if (request === 'POST /login') await afterChangeOfSecret()
  }
}

/** A deployment with another secret, which cannot open the old cookies. */
async function afterChangeOfSecret(): Promise<void> {
  const { error } = console
  console.error = () => undefined
  const before = createSessions<Data>({ secrets: [SECRET], revocation: 'none' })
  const after = createSessions<Data>({ secrets: [OTHER], revocation: 'none', log: 'dev' })
  console.error = error
  const visit = await openVisit(before, undefined)
  login(visit.session)
  const line = (await visit.close()).find(([name]) => name === 'Set-Cookie')?.[1]
  const next = await openVisit(after, sourceOf('GET /account', line?.split(';')[0]))
  read(next.session)
  await next.close()
}

function sourceOf(request: string, cookie: string | undefined) {
  const [method, url] = request.split(' ')
  return { method, url, headers: { cookie } }
}
