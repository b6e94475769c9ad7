import type { ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import type { Session } from '@keepsake/core'

/** Where a page hears of the end of its session. Asking for it is no use of the session: it extends nothing. */
export const LIVE_PATH = '/live'

/** Where a page asks how long its session still lives: a GET is no use of it, and a POST is. */
export const STATUS_PATH = '/session'

/** The headers of the event stream. `no-transform` keeps compression and proxies from holding events back. */
const liveHeaders: Readonly<Record<string, string>> = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
}

/*
 * An id may be over because the same browser has logged in again. So the end of an id only ends the stream; the browser
 * comes back by itself, with the cookie that it has then, and hears whether anybody is logged in.
 */
const OPEN = 'retry: 250\n\n'
const ENDED = 'event: ended\ndata:\n\n'

/** Server-sent events for as long as the session lives: `ended` when nobody is logged in. Ends with its reader. */
export function liveStream(session: Session): Readable {
  const closed = new AbortController()
  const stream = new Readable({
    read: () => undefined,
    destroy(error, done) {
      closed.abort()
      done(error)
    },
  })
  tell(stream, session, closed.signal).catch((error: unknown) => stream.destroy(error as Error))
  return stream
}

async function tell(stream: Readable, session: Session, signal: AbortSignal): Promise<void> {
  stream.push(OPEN)
  if (session.subject === undefined) stream.push(ENDED)
  else for await (const change of session.watch(signal)) if (change !== 'changed') break
  stream.push(null)
}

/** Sends the stream as an answer, and ends it when the client goes away; which it may have while its session was fetched. */
export function sendLive(session: Session, response: ServerResponse): void {
  if (response.destroyed) return
  response.writeHead(200, liveHeaders)
  // Node sends the head of an answer without a body only at its end.
  if (response.req.method === 'HEAD') {
    response.end()
    return
  }
  // A client that leaves is how most streams end, and no error.
  pipeline(liveStream(session), response, () => undefined)
}

/** The same for handlers that return a response. Nobody reads the stream of an answer to HEAD, so there is none. */
export const liveResponse = (session: Session, method: string): Response =>
  new Response(method === 'HEAD' ? null : webStream(liveStream(session)), { headers: liveHeaders })

/** Not `ReadableStream.from`: a reader that leaves would wait for the next event, and the session be watched until then. */
function webStream(stream: Readable): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      stream.on('data', (chunk: Uint8Array) => controller.enqueue(chunk))
      stream.on('end', () => controller.close())
      stream.on('error', (error) => controller.error(error))
    },
    cancel: () => void stream.destroy(),
  })
}
