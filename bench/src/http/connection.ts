import { createServer, type RequestListener } from 'node:http'
import { Duplex } from 'node:stream'

/** A response as the client sees it. */
export interface Answer {
  readonly status: number
  /** The cookies that it sets, in the form of a `Cookie` header. */
  readonly cookies: string
  readonly body: string
}

/**
 * A keep-alive connection to a real `http.Server` with its real parser, over memory instead of a socket: it measures
 * the work of Node and of the listener, without the kernel and its wake-ups.
 */
export class Connection {
  readonly #socket: Duplex
  readonly #received: Buffer[] = []
  #answered: (() => void) | undefined
  #sent = 0

  constructor(listener: RequestListener) {
    const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, listener)
    this.#socket = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => this.#receive([chunk], done),
      writev: (chunks, done) =>
        this.#receive(
          chunks.map(({ chunk }) => chunk as Buffer),
          done,
        ),
    })
    Object.assign(this.#socket, { setTimeout: () => this.#socket, setNoDelay: () => this.#socket })
    server.emit('connection', this.#socket)
  }

  /** Sends requests in turn, one at a time, repeatedly; continues where it stopped. */
  async repeat(requests: readonly Buffer[], times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      this.#received.length = 0
      await this.#roundTrip(requests[this.#sent++ % requests.length] ?? NONE)
    }
  }

  async ask(request: Buffer): Promise<Answer> {
    await this.repeat([request], 1)
    return answerOf(Buffer.concat(this.#received).toString('latin1'))
  }

  #roundTrip(request: Buffer): Promise<void> {
    return new Promise((resolve) => {
      // The next request waits for the next turn of the event loop, like one from a socket.
      this.#answered = () => setImmediate(resolve)
      this.#socket.push(request)
    })
  }

  #receive(chunks: readonly Buffer[], done: () => void): void {
    this.#received.push(...chunks)
    if (isComplete(this.#received)) this.#answered?.()
    done()
  }
}

const NONE = Buffer.alloc(0)

/** Bodies here end with a line feed, and chunked ones with an empty chunk: the last bytes show that a response is complete. */
export function isComplete(chunks: readonly Buffer[]): boolean {
  // If a stream of known length ends, Node's last write is empty.
  const last = chunks.findLast(({ length }) => length > 0)
  if (last === undefined || last.at(-1) !== LF) return false
  return last.at(-2) !== CR || last.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)
}

const CR = 13
const LF = 10
const LAST_CHUNK = Buffer.from('0\r\n\r\n')

export function requestOf(path: string, cookies: string): Buffer {
  const lines = [
    `GET ${path} HTTP/1.1`,
    'Host: localhost',
    'Accept: text/html,*/*;q=0.8',
    `Cookie: ${cookies}`,
  ]
  if (cookies === '') lines.pop()
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}

function answerOf(text: string): Answer {
  const [head = '', body = ''] = text.split('\r\n\r\n')
  const lines = head.split('\r\n').filter((line) => /^set-cookie:/i.test(line))
  const pairs = lines.map((line) => /^[^:]+:\s*([^;]*)/.exec(line)?.[1] ?? '')
  // As in a browser, the last line with a name wins: hono-sessions sets a new session's cookie twice.
  const byName = new Map(pairs.map((pair) => [pair.split('=')[0], pair]))
  return {
    status: Number(head.split(' ')[1]),
    cookies: [...byName.values()].join('; '),
    body,
  }
}
