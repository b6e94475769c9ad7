import { UsageError } from '../command.ts'
import type { Plan } from './plan.ts'

/** The options as given on the command line. */
export interface Given {
  readonly path?: string | undefined
  readonly write?: string | undefined
  readonly method?: string | undefined
  readonly data?: string | undefined
  readonly cookie?: string | undefined
  readonly as?: string | undefined
  readonly proxy?: boolean | undefined
  readonly node?: string | undefined
  readonly origin?: string | undefined
  readonly subdomain?: string | undefined
  readonly frame?: boolean | undefined
  readonly insecure?: boolean | undefined
}

/** @throws {UsageError} */
export function readPlan(address: string | undefined, given: Given): Plan {
  if (address === undefined) throw new UsageError('URL is missing: the address of the running application')
  const to = readUrl('URL', address)
  const seen = given.as === undefined ? new URL(to) : readUrl('--as', given.as)
  if (given.proxy && given.as === undefined) seen.protocol = 'https:'
  const own = to.pathname + to.search
  const at = (option: string, path: string) => new URL(readPath(option, path), seen)
  return {
    to,
    page: at('--path', given.path ?? own),
    isProxied: given.proxy ?? false,
    write: {
      url: at('--write', given.write ?? own),
      method: readMethod(given),
      data: given.data,
      isNamed: given.write !== undefined || given.method !== undefined || given.data !== undefined,
    },
    cookie: given.cookie,
    node: given.node === undefined ? undefined : readUrl('--node', given.node),
    origin: given.origin === undefined ? undefined : readUrl('--origin', given.origin),
    subdomain: given.subdomain === undefined ? undefined : readHost(given.subdomain),
    isFramed: given.frame ?? false,
    takesAnyCertificate: given.insecure ?? false,
  }
}

function readUrl(option: string, text: string): URL {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(`${option}: expected an address such as http://localhost:3000`)
  if (url.username !== '' || url.password !== '')
    throw new UsageError(`${option}: must not contain a user or password`)
  return url
}

function readPath(option: string, path: string): string {
  if (!path.startsWith('/') || path.startsWith('//'))
    throw new UsageError(`${option}: expected a path such as /account`)
  return path
}

function readMethod({ method, data }: Given): string {
  const name = (method ?? (data === undefined ? 'GET' : 'POST')).toUpperCase()
  if (!/^(?:GET|POST|PUT|PATCH|DELETE)$/.test(name))
    throw new UsageError('--method: expected GET, POST, PUT, PATCH or DELETE')
  if (name === 'GET' && data !== undefined)
    throw new UsageError('--data: a GET request has no body; use --method POST')
  return name
}

function readHost(text: string): string {
  const host = URL.parse(`http://${text}`)?.host
  if (host === undefined || host !== text.toLowerCase())
    throw new UsageError('--subdomain: expected a host such as app.example.com')
  return host.replace(/:\d+$/, '')
}
