import { type RequestAccess, type ResponseAccess, setCookieLine } from '@keepsake/core/adapter'

const headerOf = ({ headers }: Request, name: string): string | undefined => headers.get(name) ?? undefined

/** A request created by hand has no such header. */
const hostOf = (request: Request): string => headerOf(request, 'host') ?? new URL(request.url).host

/** How to read a request of the Fetch API. */
export const REQUEST: RequestAccess<Request> = Object.freeze({
  headerOf,
  hostOf,
  methodOf: ({ method }: Request) => method,
  pathOf: ({ url }: Request) => new URL(url).pathname,
  fieldsOf: (request: Request) => ({
    upgrade: headerOf(request, 'upgrade'),
    'sec-fetch-site': headerOf(request, 'sec-fetch-site'),
    origin: headerOf(request, 'origin'),
    host: hostOf(request),
    ':authority': undefined,
  }),
  isEncrypted: ({ url }: Request) => url.startsWith('https:'),
})

/** How to read and write headers of the Fetch API. */
export const HEADERS: ResponseAccess<Headers> = Object.freeze({
  linesOf(headers: Headers, name: string): readonly string[] {
    if (name === 'Set-Cookie') return headers.getSetCookie()
    const value = headers.get(name)
    return value === null ? [] : [value]
  },
  namesOf: (headers: Headers) => [...headers.keys()],
  setHeader(headers: Headers, name: string, value: string | readonly string[]): void {
    headers.delete(name)
    for (const line of [value].flat()) headers.append(name, line)
  },
})

/** Adds a `Set-Cookie` line, replacing an earlier one of the same cookie. */
export const setLine = (headers: Headers, line: string): void => setCookieLine(HEADERS, headers, line)
