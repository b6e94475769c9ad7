import {
  authJs,
  cookieSession,
  django,
  expressSession,
  fastifySession,
  flask,
  flaskSession,
  h3,
  ironSession,
  koaSession,
  nextAuth,
  rails,
  reactRouter,
  remix,
  secureSession,
} from '@keepsake/arrival'
import type { Arrival } from '@keepsake/core'

/** A library that may read a cookie with this value. */
type Line = (secret: string, common: Common, value: string) => Arrival

interface Common {
  readonly until: string
  readonly cookie: { readonly name: string }
}

/** A library whose cookies are recognized by their format. */
export interface Library {
  /** The function of `@keepsake/arrival` that reads them. */
  readonly name: string
  /** Its default cookie name, assumed for a value without a name. */
  readonly cookie: string
  /** Of the value, or of its first chunk. */
  readonly shape: RegExp
  /** The format of the name, if many libraries use values of this format. */
  readonly named?: RegExp
  /** With the signature in the cookie `<name>.sig` beside it. */
  readonly isSignedBeside?: true
  readonly lines: readonly Line[]
}

/** A placeholder store: only the id is verified. */
const readData = (): undefined => undefined
const store = { get: (_id: string, done: (error: null) => void): void => done(null) }
const koaStore = { get: readData }
const storage = { read: async () => ({ id: '', data: [], destroy: readData }), save: async () => null }

const BASE64 = '[0-9A-Za-z+/%]'
const SIGNATURE = `${BASE64}{43,}`
const SIGNED = new RegExp(`^(?:${BASE64}|=)+\\.${SIGNATURE}$`)

/** A cookie whose format several libraries share belongs to the first that accepts it: those with data in it come first. */
export const LIBRARIES: readonly Library[] = [
  {
    name: 'flask',
    cookie: 'session',
    shape: /^\.?[\w-]+\.[\w-]{4,10}\.[\w-]{27,86}$/,
    lines: [(secretKeys, common) => flask({ secretKeys, ...common })],
  },
  {
    name: 'flaskSession',
    cookie: 'session',
    shape: /^(?:[\w-]{43}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\.[\w-]{27}$/,
    lines: [(secretKeys, common) => flaskSession({ secretKeys, readData, ...common })],
  },
  {
    name: 'flaskSession',
    cookie: 'session',
    shape: /^(?:[\w-]{43}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/,
    named: /^session$/,
    lines: [(_, common) => flaskSession({ readData, ...common })],
  },
  {
    name: 'django',
    cookie: 'sessionid',
    shape: /^\.?[\w-]+:[\dA-Za-z]{5,8}:[\w-]{43}$/,
    lines: [(secretKeys, common) => django({ secretKeys, ...common })],
  },
  {
    name: 'django',
    cookie: 'sessionid',
    shape: /^[\da-z]{32}$/,
    named: /^sessionid$/,
    lines: [(secretKeys, common) => django({ secretKeys, readData, ...common })],
  },
  {
    name: 'rails',
    cookie: '_session',
    shape: /^[\dA-Za-z+/%=]+--[\dA-Za-z+/%=]{16,48}--[\dA-Za-z+/%=]{22,72}$/,
    lines: [
      (secretKeyBases, common) => rails({ secretKeyBases, ...common }),
      (secretKeyBases, common) => rails({ secretKeyBases, useCookiesWithMetadata: false, ...common }),
    ],
  },
  {
    name: 'ironSession',
    cookie: 'session',
    shape: /^Fe26\.2\*\w+\*/,
    lines: [
      (password, common, value) =>
        ironSession({ password: { [value.split('*')[1] ?? '']: password }, ...common }),
    ],
  },
  {
    name: 'h3',
    cookie: 'h3',
    shape: /^(?:Fe26\.2\*\*|__chunked__\d+$)/,
    lines: [(password, common) => h3({ password, ...common })],
  },
  {
    name: 'authJs',
    cookie: '__Secure-authjs.session-token',
    shape: /^eyJ[\w-]+\.\.[\w-]/,
    lines: [(secrets, common) => authJs({ secrets, ...common })],
  },
  {
    name: 'nextAuth',
    cookie: '__Secure-next-auth.session-token',
    shape: /^eyJ[\w-]+\.\.[\w-]/,
    lines: [(secrets, common) => nextAuth({ secrets, ...common })],
  },
  {
    name: 'secureSession',
    cookie: 'session',
    shape: /^[\dA-Za-z+/%=]{22,}%3B[\dA-Za-z+/%=]{32,}/i,
    lines: [(keys, common) => secureSession({ keys, ...common })],
  },
  {
    name: 'expressSession',
    cookie: 'connect.sid',
    shape: new RegExp(`^s(?::|%3A)[^.]+\\.${SIGNATURE}$`, 'i'),
    lines: [(secrets, common) => expressSession({ secrets, store, ...common })],
  },
  {
    name: 'fastifySession',
    cookie: 'sessionId',
    shape: new RegExp(`^[\\w-]{32}\\.${SIGNATURE}$`),
    lines: [(secrets, common) => fastifySession({ secrets, store, ...common })],
  },
  {
    name: 'remix',
    cookie: '__session',
    shape: SIGNED,
    lines: [(secrets, common) => remix({ secrets, ...common })],
  },
  {
    name: 'reactRouter',
    cookie: '__session',
    shape: SIGNED,
    lines: [
      (secrets, common) => reactRouter({ secrets, ...common }),
      (secrets, common) => reactRouter({ secrets, readData, ...common }),
    ],
  },
  {
    name: 'remix',
    cookie: '__session',
    shape: SIGNED,
    lines: [(secrets, common) => remix({ secrets, storage, ...common })],
  },
  {
    name: 'koaSession',
    cookie: 'koa.sess',
    shape: /^./,
    named: /^koa[.:]/,
    isSignedBeside: true,
    lines: [
      (keys, common) => koaSession({ keys, ...common }),
      (keys, common) => koaSession({ keys, algorithm: 'sha256', ...common }),
      (keys, common) => koaSession({ keys, store: koaStore, ...common }),
      (keys, common) => koaSession({ keys, algorithm: 'sha256', store: koaStore, ...common }),
    ],
  },
  {
    name: 'cookieSession',
    cookie: 'session',
    shape: /^[\dA-Za-z+/]+=*$/,
    isSignedBeside: true,
    lines: [(keys, common) => cookieSession({ keys, ...common })],
  },
]
