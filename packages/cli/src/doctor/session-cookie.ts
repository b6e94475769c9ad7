import { anatomyOf } from '../anatomy.ts'
import { type Exchange, headerOf, liveCookies } from './exchange.ts'
import type { SetCookie } from './set-cookie.ts'

/** The library that seems to have set the cookie: the line to write depends on it. */
export type Library =
  | 'keepsake'
  | 'express-session'
  | 'cookie-session'
  | 'koa-session'
  | '@fastify/session'
  | 'iron-session'
  | 'another library'

const NAMES =
  /^(?:__(?:Host|Secure)-)?(?:session|connect\.sid|koa[.:]sess(?:\.sid)?|koa\.sid|sessionid|sess|sid|express:sess|iron-session|jsessionid|phpsessid|.*session[-_.]?token)$/i
const SPEAKING = /sess|sid|auth|token|login|remember|jwt/i
const OTHERS = /\.sig$|csrf|xsrf|^_ga|^_gid|theme|lang|locale|consent|^AWSALB|^__cf/i

/** The cookie that is most likely the session's; undefined if none resembles one. */
export function sessionCookieIn(
  exchanges: readonly Exchange[],
  name: string | undefined,
): SetCookie | undefined {
  const cookies = exchanges.flatMap(liveCookies)
  if (name !== undefined) return cookies.find((cookie) => cookie.name === name)
  const [best] = cookies.filter((cookie) => scoreOf(cookie) >= 0).toSorted((a, b) => scoreOf(b) - scoreOf(a))
  return best
}

function scoreOf({ name, value, httpOnly }: SetCookie): number {
  if (OTHERS.test(name)) return -1
  const known = NAMES.test(name) ? 4 : SPEAKING.test(name) ? 2 : 0
  return known + (value.length >= 16 ? 2 : 0) + (httpOnly ? 1 : 0)
}

export function libraryOf({ name, value }: SetCookie, exchanges: readonly Exchange[]): Library {
  const text = decoded(value)
  const isVarying = exchanges.some((one) => headerOf(one, 'vary').includes('cookie'))
  const { kind } = anatomyOf(value)
  if (kind === 'token' || (kind === 'stored' && isVarying)) return 'keepsake'
  if (text.startsWith('s:')) return 'express-session'
  if (text.startsWith('Fe26.2')) return 'iron-session'
  if (name.startsWith('koa')) return 'koa-session'
  const isSigned = exchanges.flatMap(liveCookies).some((cookie) => cookie.name === `${name}.sig`)
  if (isSigned) return /"_(?:expire|maxAge)"/.test(payloadOf(value) ?? '') ? 'koa-session' : 'cookie-session'
  return name === 'sessionId' && text.includes('.') ? '@fastify/session' : 'another library'
}

export function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/** The readable content of a value, such as the data of cookie-session or of a JWT, without times; otherwise undefined. */
export function payloadOf(value: string): string | undefined {
  const text = decoded(value)
  if (text.length < 16) return text
  for (const part of text.split('.').slice(0, 2)) {
    const json = objectIn(Buffer.from(part, 'base64').toString())
    if (json !== undefined && !('alg' in json))
      return JSON.stringify(json, (key, inner: unknown) =>
        ['iat', 'exp', 'nbf', 'jti', '_expire'].includes(key) ? undefined : inner,
      )
  }
  return undefined
}

function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

const MAX_ID = 150

/** The part of a value that identifies a session on the server; undefined if the value holds, or may hold, the session itself. */
export function idIn(value: string): string | undefined {
  const text = decoded(value)
  if (text.startsWith('Fe26.2') || anatomyOf(value).kind === 'token' || text.length > MAX_ID) return undefined
  return text.replace(/^s:/, '').split('.')[0]
}
