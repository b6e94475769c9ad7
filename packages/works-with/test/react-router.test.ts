import { memoryStore, type Session, type Sessions } from '@keepsake/core'
import { type FetchVisit, open } from '@keepsake/fetch'
import {
  type ActionFunctionArgs,
  createContext,
  createRequestHandler,
  type LoaderFunctionArgs,
  type MiddlewareFunction,
  redirect,
  type RequestHandler,
  type ServerBuild,
} from 'react-router'
import { describe, expect, it } from 'vitest'
import { inStore, modes, refuse, type Shop } from './support.ts'

const visitContext = createContext<FetchVisit<Shop>>()
const sessionOf = ({ context }: Pick<LoaderFunctionArgs, 'context'>): Session<Shop> =>
  context.get(visitContext).session

const route = (id: string, module: object) => ({ id, parentId: 'root', path: id, module })

/** Routes as React Router's compiler creates them: a page, and routes that respond without a component. */
function handlerOf(sessions: Sessions<Shop>): RequestHandler {
  const middleware: MiddlewareFunction<Response>[] = [
    async ({ request, context }, next) => {
      const visit = await open(sessions, request)
      context.set(visitContext, visit)
      return visit.answer(await next())
    },
  ]
  const routes = {
    root: { id: 'root', path: '', module: { middleware, default: () => null } },
    add: route('add', {
      action: (args: ActionFunctionArgs) => {
        ;(sessionOf(args).cart ??= []).push('A1')
        return redirect('/cart', 303)
      },
    }),
    leave: route('leave', {
      loader: (args: LoaderFunctionArgs) => {
        sessionOf(args).name = 'Ada'
        throw redirect('/cart')
      },
    }),
    fail: route('fail', {
      loader: (args: LoaderFunctionArgs) => {
        sessionOf(args).name = 'Eve'
        throw new Error('out of stock')
      },
    }),
    look: route('look', { loader: (args: LoaderFunctionArgs) => Response.json(sessionOf(args)) }),
    robots: route('robots', { loader: () => new Response('User-agent: *') }),
    page: route('page', {
      loader: (args: LoaderFunctionArgs) => sessionOf(args).name ?? null,
      default: () => null,
    }),
  }
  const build = {
    entry: {
      module: {
        default: (_request: Request, status: number, headers: Headers) =>
          new Response('page', { status, headers }),
        handleError: () => undefined,
      },
    },
    routes,
    assets: { entry: { module: '', imports: [] }, routes: {}, url: '', version: '1' },
    publicPath: '/',
    assetsBuildDirectory: '',
    basename: '/',
    future: {},
    ssr: true,
    isSpaMode: false,
    prerender: [],
    routeDiscovery: { mode: 'initial', manifestPath: '/manifest' },
    allowedActionOrigins: [],
  }
  return createRequestHandler(build as unknown as ServerBuild, 'test')
}

const cookieOf = (answer: Response): string => answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
const ask = (path: string, cookie = '', method = 'GET'): Request =>
  new Request(`https://shop.example/${path}`, { method, headers: { cookie, origin: 'https://shop.example' } })

describe.each(modes)('React Router 8, sessions in a $name', (mode) => {
  it('provides the session to actions and loaders, and saves it before a redirect', async () => {
    const handle = handlerOf(mode.createSessions())
    const added = await handle(ask('add', '', 'POST'))
    expect([added.status, added.headers.get('Location')]).toEqual([303, '/cart'])
    expect([added.headers.get('Cache-Control'), added.headers.getSetCookie().length]).toEqual(['no-store', 1])
    const look = await handle(ask('look', cookieOf(added)))
    expect([await look.json(), look.headers.get('Vary')]).toEqual([{ cart: ['A1'] }, 'Cookie'])
  })

  it('saves changes that were made before a redirect or an error is thrown', async () => {
    const handle = handlerOf(mode.createSessions())
    const left = await handle(ask('leave'))
    expect(left.status).toBe(302)
    expect(await (await handle(ask('look', cookieOf(left)))).json()).toEqual({ name: 'Ada' })
    const failed = await handle(ask('fail', cookieOf(left)))
    expect(failed.status).toBe(500)
    const cookie = failed.headers.getSetCookie().length > 0 ? cookieOf(failed) : cookieOf(left)
    expect(await (await handle(ask('look', cookie))).json()).toEqual({ name: 'Eve' })
  })

  it('sends Vary only from pages that read the session', async () => {
    const handle = handlerOf(mode.createSessions())
    expect((await handle(ask('page'))).headers.get('Vary')).toBe('Cookie')
    expect((await handle(ask('robots'))).headers.get('Vary')).toBe(null)
  })
})

it('React Router 8 responds with an error, without the action’s headers, if a session cannot be saved', async () => {
  const handle = handlerOf(inStore.createSessions({ store: { ...memoryStore(), create: refuse } }))
  const answer = await handle(ask('add', '', 'POST'))
  expect([answer.status, answer.headers.get('Location'), answer.headers.getSetCookie()]).toEqual([
    500,
    null,
    [],
  ])
})
