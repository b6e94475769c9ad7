import { createSessions, type SessionsOptions } from '@keepsake/core'
import { attach, type Attachment } from '@keepsake/node-http'
import cookieSession from 'cookie-session'
import { getIronSession } from 'iron-session'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { SECRET, type ShopData } from '../data.ts'
import { gcmFloor } from '../peers/floor.ts'
import type { Backend } from './backends.ts'
import { expressSessionOn } from './rivals.ts'
import { type AnySession, answer, PROTOTYPE, type Variant } from './variants.ts'

const framework = 'node:http'
const nowhere = (): AnySession => ({})

/** Middleware of express-session's shape; it leaves `session` on the request. */
type Middleware = (request: never, response: never, next: () => void) => void

function behind(middleware: Middleware): Variant['listener'] {
  return (fill) => (request, response) => {
    middleware(request as never, response as never, () => {
      const session = (): AnySession => (request as unknown as { readonly session: AnySession }).session
      response.end(answer(request.url, session, fill))
    })
  }
}

function keepsake(mode: string, options: Omit<SessionsOptions, 'secrets'>, visitors = 1): Variant {
  const sessions = createSessions<ShopData>({ ...options, secrets: [SECRET] })
  return {
    framework,
    name: `keepsake, ${mode}`,
    visitors,
    listener: (fill) => (request, response) => {
      const use = (attached: Attachment<ShopData>): void => {
        const body = answer(request.url, () => attached.session, fill)
        response.end(body)
      }
      const attached = attach(sessions, request, response, console.error)
      if (attached instanceof Promise) attached.then(use).catch(console.error)
      else use(attached)
    },
  }
}

async function iron(request: IncomingMessage, response: ServerResponse, fill: ShopData): Promise<void> {
  const { url } = request
  const session = await getIronSession<AnySession>(request, response, {
    password: SECRET,
    cookieName: 'session',
  })
  const body = answer(url, () => session, fill)
  if (url !== '/read') await session.save()
  response.end(body)
}

/** What every response owes that depends on a cookie (RFC 9110 §12.5.5), and nothing more. */
const varying = (): Variant => ({
  framework,
  name: 'bare, with Vary',
  listener: (fill) => (request, response) => {
    const body = answer(request.url, nowhere, fill)
    if (request.url !== '/untouched') response.setHeader('Vary', 'Cookie')
    response.end(body)
  },
})

/** Cookies that take turns, more than a process remembers. */
const MANY = 10_000

const COOKIE = 'session='

/**
 * The least that a sealed session can cost on this Node: one cookie, taken to be first in its header, and AES-GCM without
 * anything around it. No expiry, no check of the spelling, no rotation, no late changes, no merged headers, no events.
 */
function prototype(): Variant {
  const { seal, open } = gcmFloor()
  return {
    framework,
    name: PROTOTYPE,
    listener: (fill) => (request, response) => {
      const { url, headers } = request
      let session: AnySession | undefined
      const opened = (): AnySession =>
        (session ??= headers.cookie === undefined ? {} : open(headers.cookie.slice(COOKIE.length)))
      const body = answer(url, opened, fill)
      if (url === '/write' || url === '/fill')
        response.setHeader(
          'Set-Cookie',
          `${COOKIE}${seal(opened() as ShopData)}; Path=/; Secure; HttpOnly; SameSite=Lax`,
        )
      response.end(body)
    },
  }
}

export const nodeHttpVariants = (backends: readonly Backend[]): readonly Variant[] => [
  {
    framework,
    name: 'bare',
    listener: (fill) => (request, response) => response.end(answer(request.url, nowhere, fill)),
  },
  varying(),
  prototype(),
  keepsake('sealed', { revocation: 'none' }),
  keepsake('sealed, not seen before', { revocation: 'none' }, MANY),
  ...backends.map(({ name, own }) => keepsake(name, { store: own() })),
  { framework, name: 'cookie-session', listener: behind(cookieSession({ keys: [SECRET] })) },
  ...backends.map(({ name, rival }): Variant => {
    return { framework, name: `express-session, ${name}`, listener: behind(expressSessionOn(rival())) }
  }),
  {
    framework,
    name: 'iron-session',
    listener: (fill) => (request, response) => {
      if (request.url === '/untouched') response.end(answer(request.url, nowhere, fill))
      else iron(request, response, fill).catch(console.error)
    },
  },
]
