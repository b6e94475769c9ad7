import { buffer } from 'node:stream/consumers'
import { createJar, type Jar } from './jar.ts'
import { openHttp1 } from './transport-http1.ts'
import { openHttp2 } from './transport-http2.ts'
import { type Answer, type Arriving, type Fields, type Transport, valuesIn } from './wire.ts'

export interface RequestOptions {
  /** Default `'GET'`. */
  readonly method?: string
  /** Several values become several header lines of that name. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
  /**
   * Records the order of events: the client appends `'first byte'` and `'end'`. If the server appends to the same list,
   * it shows the order without a clock.
   */
  readonly events?: string[]
}

export interface Client {
  readonly jar: Jar
  /** Sends a request. Follows no redirects, and rejects only if the connection breaks. */
  request(path: string, options?: RequestOptions): Promise<Answer>
  /** The same, without waiting for the body. */
  start(path: string, options?: RequestOptions): Promise<Arriving>
  close(): Promise<void>
}

export interface ClientOptions {
  /** Default `'http/1.1'`. */
  readonly protocol?: 'http/1.1' | 'h2'
  /** A jar to share with another client. Default: an empty one. */
  readonly jar?: Jar
}

/**
 * An HTTP client over a real socket, with the cookie jar of a browser. `origin` is for example `http://127.0.0.1:3000`.
 * A `Cookie` field in a request's own headers replaces the jar's.
 */
export function createClient(origin: string, { jar, protocol }: ClientOptions = {}): Client {
  return clientOver(protocol === 'h2' ? openHttp2(origin) : openHttp1(origin), origin, jar)
}

/** The same over any transport. */
export function clientOver(transport: Transport, origin: string, jar: Jar = createJar()): Client {
  async function start(path: string, request: RequestOptions = {}): Promise<Arriving> {
    const url = new URL(path, origin).href
    const { events = [], method = 'GET', body } = request
    const arriving = await transport.send({
      method,
      path,
      body,
      fields: fieldsOf(request.headers ?? {}, jar.cookieFor(url)),
      onFirstByte: () => events.push('first byte'),
    })
    jar.take(url, valuesIn(arriving.fields, 'set-cookie'))
    return arriving
  }

  return Object.freeze<Client>({ ...clientBy(start, jar), close: () => transport.close() })
}

/** The methods of a client that sends requests by `start`. */
export function clientBy(start: Client['start'], jar: Jar): Omit<Client, 'close'> {
  return {
    jar,
    start,
    async request(path, request = {}) {
      const { body: chunks, ...head } = await start(path, request)
      const body = await buffer(chunks)
      request.events?.push('end')
      return { ...head, body, text: body.toString(), values: (name) => valuesIn(head.fields, name) }
    },
  }
}

function fieldsOf(given: Readonly<Record<string, string | readonly string[]>>, cookies: string): Fields {
  const fields = Object.entries(given).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, one] as const),
  )
  const hasCookies = cookies === '' || fields.some(([name]) => name.toLowerCase() === 'cookie')
  return hasCookies ? fields : [...fields, ['Cookie', cookies]]
}
