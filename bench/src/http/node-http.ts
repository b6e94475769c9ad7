import { createSessions, type SessionsOptions } from '@keepsake/core'
import type { Attachment } from '@keepsake/core/adapter'
import { attach } from '@keepsake/node-http'
import cookieSession from 'cookie-session'
import { getIronSession } from 'iron-session'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { SECRET, type ShopData } from '../data.ts'
import type { SyncCodec } from '../peers/codec.ts'
import { gcmFloor } from '../peers/floor.ts'
import type { Backend } from './backends.ts'
import { expressSessionOn } from './rivals.ts'
import { type AnySession, answer, type Holder, PROTOTYPE, type Variant } from './variants.ts'

const framework = 'node:http'
const NOWHERE: Holder = Object.freeze({})

/** Middleware in the form of express-session's; it puts `session` on the request. */
type Middleware = (request: never, response: never, next: () => void) => void

function behind(middleware: Middleware): Variant['listener'] {
  return (fill) => (request, response) => {
    middleware(request as never, response as never, () => {
      response.end(answer(request.url, request as Holder, fill))
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
      const attached = attach(sessions, request, response, console.error)
      if (attached instanceof Promise) respondLater(attached, request, response, fill).catch(console.error)
      else response.end(answer(request.url, attached, fill))
    },
  }
}

async function respondLater(
  attached: Promise<Attachment<ShopData>>,
  request: IncomingMessage,
  response: ServerResponse,
  fill: ShopData,
): Promise<void> {
  // Before `response.end` is read: from then on the attachment is in place.
  const opened = await attached
  response.end(answer(request.url, opened, fill))
}

async function iron(request: IncomingMessage, response: ServerResponse, fill: ShopData): Promise<void> {
  const { url } = request
  const session = await getIronSession<AnySession>(request, response, {
    password: SECRET,
    cookieName: 'session',
  })
  const body = answer(url, { session }, fill)
  if (url !== '/read') await session.save()
  response.end(body)
}

/** The header that every response which depends on a cookie must have (RFC 9110 §12.5.5), and nothing else. */
const varying = (): Variant => ({
  framework,
  name: 'bare, with Vary',
  listener: (fill) => (request, response) => {
    const body = answer(request.url, NOWHERE, fill)
    if (request.url !== '/untouched') response.setHeader('Vary', 'Cookie')
    response.end(body)
  },
})

/** Cookies used in turn, more than a process caches. */
const MANY = 10_000

const COOKIE = 'session='

/** Opens the session on first access. A class: V8 would recompile a literal with a getter, which costs more than the access itself. */
class Opening implements Holder {
  readonly #cookie: string | undefined
  readonly #open: SyncCodec['open']
  #session: AnySession | undefined

  constructor(cookie: string | undefined, open: SyncCodec['open']) {
    this.#cookie = cookie
    this.#open = open
  }

  get session(): AnySession {
    return (this.#session ??= this.#cookie === undefined ? {} : this.#open(this.#cookie.slice(COOKIE.length)))
  }
}

/**
 * The lower bound for a sealed session on this Node: one cookie, assumed to be first in its header, and AES-GCM alone.
 * No expiry, no check of the encoding, no rotation, no late changes, no merging of headers, no events.
 */
function prototype(): Variant {
  const { seal, open } = gcmFloor()
  return {
    framework,
    name: PROTOTYPE,
    listener: (fill) => (request, response) => {
      const { url } = request
      const holder = new Opening(request.headers.cookie, open)
      const body = answer(url, holder, fill)
      if (url === '/write' || url === '/fill')
        response.setHeader(
          'Set-Cookie',
          `${COOKIE}${seal(holder.session as ShopData)}; Path=/; Secure; HttpOnly; SameSite=Lax`,
        )
      response.end(body)
    },
  }
}

export const nodeHttpVariants = (backends: readonly Backend[]): readonly Variant[] => [
  {
    framework,
    name: 'bare',
    listener: (fill) => (request, response) => response.end(answer(request.url, NOWHERE, fill)),
  },
  varying(),
  prototype(),
  keepsake('sealed', { revocation: 'none' }),
  keepsake('sealed, not cached', { revocation: 'none' }, MANY),
  ...backends.map(({ name, own }) => keepsake(name, { store: own() })),
  { framework, name: 'cookie-session', listener: behind(cookieSession({ keys: [SECRET] })) },
  ...backends.map(({ name, rival }): Variant => {
    return { framework, name: `express-session, ${name}`, listener: behind(expressSessionOn(rival())) }
  }),
  {
    framework,
    name: 'iron-session',
    listener: (fill) => (request, response) => {
      if (request.url === '/untouched') response.end(answer(request.url, NOWHERE, fill))
      else iron(request, response, fill).catch(console.error)
    },
  },
]
