import type { ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import type { Session } from '@keepsake/core'

/** The event stream that reports the end of the session. Requesting it does not extend the session. */
export const LIVE_PATH = '/live'

/** The remaining lifetime of the session: a GET does not extend it, a POST does. */
export const STATUS_PATH = '/session'

/** The headers of the event stream. `no-transform` keeps compression and proxies from delaying events. */
const liveHeaders: Readonly<Record<string, string>> = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
}

/*
 * A session id may also end because the same browser has logged in again. So the end of an id only ends the stream; the
 * browser reconnects with its current cookie, and is then told whether a user is logged in.
 */
const OPEN = 'retry: 250\n\n'
const ENDED = 'event: ended\ndata:\n\n'

/** Server-sent events during a session: `ended` if no user is logged in. The stream ends when its reader disconnects. */
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

/** Sends the stream as the response, and ends it when the client disconnects, even while its session is being loaded. */
export function sendLive(session: Session, response: ServerResponse): void {
  if (response.destroyed) return
  response.writeHead(200, liveHeaders)
  // Without a body, Node would send the headers only at the end of the response.
  if (response.req.method === 'HEAD') {
    response.end()
    return
  }
  // A client that disconnects is the normal end of a stream, not an error.
  pipeline(liveStream(session), response, () => undefined)
}

/** The same for handlers that return a response. HEAD gets no stream, because no client would read it. */
export const liveResponse = (session: Session, method: string): Response =>
  new Response(method === 'HEAD' ? null : webStream(liveStream(session)), { headers: liveHeaders })

/** Not `ReadableStream.from`: after a reader disconnects, it would wait for the next event and watch the session until then. */
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
