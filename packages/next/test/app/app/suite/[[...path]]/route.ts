import { createNextSession, crossOriginGuard, type Session, type Sessions } from '@keepsake/next'

type Data = Record<string, unknown>
type RouteHandler = (request: Request) => Promise<Response>

/** An application of the adapter suite. It lives in the process that has Next serve it. */
export interface SuiteApp {
  readonly sessions: Sessions<Data>
  readonly guard: Parameters<typeof crossOriginGuard>[0]
  readonly respond: (request: Request, session: Session<Data>) => Promise<Response>
}

const { suiteApps } = globalThis as { suiteApps?: ReadonlyMap<string, SuiteApp> }
const handlers = new WeakMap<SuiteApp, RouteHandler>()

function handlerOf(app: SuiteApp): RouteHandler {
  const { withSession } = createNextSession(app.sessions)
  const handler = withSession((session, request: Request) => app.respond(request, session))
  return app.guard === undefined ? handler : crossOriginGuard(app.guard)(handler)
}

const handle: RouteHandler = (request) => {
  const app = suiteApps?.get(request.headers.get('X-Suite-App') ?? '')
  if (app === undefined) throw new Error('there is no such application')
  const handler = handlers.get(app) ?? handlerOf(app)
  handlers.set(app, handler)
  return handler(request)
}

export { handle as DELETE, handle as GET, handle as HEAD, handle as POST, handle as PUT }
