import { open } from '@keepsake/fetch'
import { createGuard, createNextSession, CrossOriginError, type Session } from '@keepsake/next'
import type { SuiteApp } from '../../../../suite-app'

type RouteHandler = (request: Request) => Promise<Response>

const { suiteApps } = globalThis as { suiteApps?: ReadonlyMap<string, SuiteApp> }
const handlers = new Map<string, RouteHandler>()

function handlerOf({ sessions, guard, respond }: SuiteApp): RouteHandler {
  const check = guard && createGuard(guard)
  const { withSession } = createNextSession(sessions)
  return withSession(async (session: Session, request: Request) => {
    try {
      check?.(request, Object.fromEntries(new URLSearchParams(await request.clone().text())))
    } catch (error) {
      if (error instanceof CrossOriginError) return new Response('Forbidden', { status: error.status })
      throw error
    }
    return respond(request, session, open)
  })
}

/** A header names the application. */
const handle: RouteHandler = (request) => {
  const id = request.headers.get('X-Suite-App') ?? ''
  const app = suiteApps?.get(id)
  if (app === undefined) throw new Error('unknown application')
  const handler = handlers.get(id) ?? handlerOf(app)
  handlers.set(id, handler)
  return handler(request)
}

export {
  handle as DELETE,
  handle as GET,
  handle as HEAD,
  handle as OPTIONS,
  handle as PATCH,
  handle as POST,
  handle as PUT,
}
