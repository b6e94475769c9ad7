import { createSessions, memoryStore, type Sessions, type Store } from '@keepsake/core'

/** The data of the application's sessions. */
interface Data {
  n?: number
}

const secrets = ['a-secret-of-the-tests-7f3Kq9ZxW2m8-Qp']

/** Accepts writes, and never responds to reads. */
function silentStore(): Store {
  const memory = memoryStore()
  return { ...memory, read: () => new Promise<undefined>(() => undefined) }
}

/** A store without notifications, which has to be polled for changes. */
function muteStore(): Store {
  const mute: Store = { ...memoryStore() }
  delete mute.watch
  return mute
}

// Created as Workers create shared objects: at start-up, outside of any request.
const APPS: Readonly<Record<string, Sessions<Data>>> = {
  sealed: createSessions<Data>({ secrets, revocation: 'none' }),
  stored: createSessions<Data>({ secrets, store: memoryStore() }),
  revocable: createSessions<Data>({ secrets, revocation: memoryStore() }),
  overflowing: createSessions<Data>({ secrets, revocation: 'none', overflow: memoryStore() }),
  silent: createSessions<Data>({ secrets, store: silentStore(), storeTimeLimit: 200 }),
  watched: createSessions<Data>({ secrets, store: muteStore() }),
}

/** `/APP/ACTION` */
export async function fetch(request: Request): Promise<Response> {
  const [, app = '', action] = new URL(request.url).pathname.split('/')
  const sessions = APPS[app]
  if (sessions === undefined) return new Response('no such app', { status: 404 })
  try {
    const visit = await sessions.open(request.headers.get('Cookie') ?? undefined)
    const { session } = visit
    if (action === 'login') session.login('ada')
    if (action === 'logout') session.logout()
    if (action === 'count') session.n = (session.n ?? 0) + 1
    if (action === 'watch') {
      for await (const change of session.watch()) if (change !== 'changed') return new Response(change)
    }
    const answer = { n: session.n, subject: session.subject }
    return Response.json(answer, {
      headers: (await visit.close()).map(([name, value]): [string, string] => [name, value]),
    })
  } catch (error) {
    return new Response(error instanceof Error ? error.name : 'unknown', { status: 503 })
  }
}
