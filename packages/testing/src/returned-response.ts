import { Readable, Writable } from 'node:stream'

type Given = Readonly<Record<string, string | number | readonly string[]>> | readonly unknown[]

type Body = string | ReadableStream<Uint8Array> | null

/** Creates a host's response: `new Response`, or a framework's own method. */
export type Respond = (body: Body, init: ResponseInit) => Response

/** Statuses whose responses have no body, not even an empty one. */
const BODILESS: ReadonlySet<number> = new Set([101, 204, 205, 304])

/** A chunk, or the end, that waits for its reader. */
interface Offered {
  readonly chunk: Uint8Array | undefined
  readonly done: () => void
}

/**
 * Looks like Node's response to a scenario's handler on a host that needs a returned `Response`. The first call that
 * would send headers creates the `Response`, and later writes are its body. `'finish'` is emitted when the body has been
 * read completely, and `'close'` also when its reader has left.
 */
export class ReturnedResponse extends Writable {
  statusCode = 200
  statusMessage = ''
  readonly #respond: Respond
  readonly #headers = new Headers()
  readonly #head = Promise.withResolvers<Response>()
  #hasLeft = false
  #offered: Offered | undefined
  #wanted: ((chunk: Uint8Array | undefined) => void) | undefined

  constructor(respond: Respond = (body, init) => new Response(body, init)) {
    super()
    this.#respond = respond
  }

  /** Resolves once the headers are sent. */
  get returned(): Promise<Response> {
    return this.#head.promise
  }

  get headersSent(): boolean {
    return this.#hasLeft
  }

  setHeader(name: string, value: string | number | readonly string[]): this {
    this.#headers.delete(name)
    return this.appendHeader(name, value)
  }

  appendHeader(name: string, value: string | number | readonly string[]): this {
    for (const one of [value].flat()) this.#headers.append(name, String(one))
    return this
  }

  /** Accepts all forms that Node accepts. */
  writeHead(status: number, ...rest: readonly unknown[]): this {
    this.statusCode = status
    const given = rest.findLast((one) => typeof one === 'object' && one !== null) as Given | undefined
    for (const name of new Set(namesIn(given))) this.#headers.delete(name)
    for (const [name, value] of pairsIn(given)) this.appendHeader(name, value)
    return this
  }

  flushHeaders(): void {
    this.#leave()
  }

  /** Responds with a complete body. */
  respond(body: string | Readable | null): void {
    if (this.#hasLeft) return
    this.#hasLeft = true
    this.#head.resolve(this.#make(body instanceof Readable ? webStream(body) : body))
    setImmediate(() => this.destroy())
  }

  override _write(chunk: Uint8Array, _encoding: unknown, done: () => void): void {
    this.#leave()
    this.#offer({ chunk, done })
  }

  override _final(done: () => void): void {
    this.#leave()
    if (BODILESS.has(this.statusCode)) setImmediate(done)
    else this.#offer({ chunk: undefined, done })
  }

  #leave(): void {
    if (this.#hasLeft) return
    this.#hasLeft = true
    this.#head.resolve(this.#make(BODILESS.has(this.statusCode) ? null : this.#body()))
  }

  #make(body: Body): Response {
    return this.#respond(body, { status: this.statusCode, headers: this.#headers })
  }

  #body(): ReadableStream<Uint8Array> {
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> =>
      new Promise((resolve) => {
        this.#wanted = (chunk) => {
          if (chunk === undefined) controller.close()
          else controller.enqueue(chunk)
          resolve()
        }
        this.#meet()
      })
    return new ReadableStream({ pull, cancel: () => void this.destroy() }, { highWaterMark: 0 })
  }

  #offer(offered: Offered): void {
    this.#offered = offered
    this.#meet()
  }

  #meet(): void {
    const [wanted, offered] = [this.#wanted, this.#offered]
    if (wanted === undefined || offered === undefined) return
    this.#wanted = this.#offered = undefined
    wanted(offered.chunk)
    offered.done()
  }
}

/** Does not use `Readable.toWeb`, which throws from an event if it is cancelled while data flows. */
const webStream = (body: Readable): ReadableStream<Uint8Array> => ReadableStream.from<Uint8Array>(body)
const namesIn = (given: Given | undefined): readonly string[] => pairsIn(given).map(([name]) => name)

/** The headers given to `writeHead`: an object, a flat list, or a list of pairs. */
function pairsIn(given: Given | undefined): readonly (readonly [string, string | readonly string[]])[] {
  if (given === undefined) return []
  const list = Array.isArray(given) ? given.flat() : Object.entries(given).flat(1)
  return list.flatMap((name, at) => (at % 2 === 0 ? [[String(name), list[at + 1] as string] as const] : []))
}
