import type { AnyRequest, AnyResponse } from '../headers/messages.ts'
import { refuseHead } from './methods.ts'

/** How far a response would be if what the handler sent had gone out. */
export interface Progress {
  readonly hasEnded: boolean
  readonly owesDrain: boolean
}

const PROGRESS = Symbol('keepsake.progress')
const STATUS = Symbol('keepsake.status')

/** A response that appears to be sent, as long as there is progress. */
interface AppearingSent {
  [PROGRESS]?: Progress | undefined
  /** The status of an HTTP/1 response, where it is a plain property; on HTTP/2 it is an accessor of the prototype. */
  [STATUS]?: number
}

/** What changes a head, beside `statusCode`. */
const CHANGES = ['setHeader', 'setHeaders', 'appendHeader', 'removeHeader'] as const

/**
 * Makes a response whose head waits behave as if it had left: no framework answers a second time, and whoever tries
 * changes nothing, which would give the body that was sent the head of another.
 *
 * @returns What ends it.
 */
export function appearSent(request: AnyRequest, response: AnyResponse, progress: Progress): () => void {
  const appearing = response as AnyResponse & AppearingSent
  const changes = response as unknown as Record<(typeof CHANGES)[number], unknown>
  const originals = CHANGES.map((name) => changes[name])
  for (const name of CHANGES) changes[name] = refuseHead
  if (!Object.hasOwn(response, 'headersSent')) cover(request, appearing)
  appearing[PROGRESS] = progress
  return () => {
    appearing[PROGRESS] = undefined
    for (const [index, name] of CHANGES.entries()) changes[name] = originals[index]
  }
}

function cover(request: AnyRequest, response: AnyResponse & AppearingSent): void {
  if (request.httpVersionMajor < 2) response[STATUS] = response.statusCode
  Object.defineProperties(response, COVER)
}

/**
 * Stays on a response for good: to delete properties again would make a slow object of it. The getters
 * are the same for all responses, so that defining them is cheap.
 */
const COVER: PropertyDescriptorMap & ThisType<AnyResponse & AppearingSent> = {
  statusCode: {
    configurable: true,
    get() {
      return this[STATUS] ?? uncovered(this, 'statusCode')
    },
    set(status: number) {
      if (this[PROGRESS] !== undefined) return
      if (this[STATUS] === undefined)
        Reflect.set(Object.getPrototypeOf(this) as object, 'statusCode', status, this)
      else this[STATUS] = status
    },
  },
  headersSent: {
    configurable: true,
    get() {
      return this[PROGRESS] !== undefined || uncovered(this, 'headersSent')
    },
  },
  writableEnded: {
    configurable: true,
    get() {
      return this[PROGRESS]?.hasEnded ?? uncovered(this, 'writableEnded')
    },
  },
  writableNeedDrain: {
    configurable: true,
    get() {
      const progress = this[PROGRESS]
      return progress ? progress.owesDrain && !progress.hasEnded : uncovered(this, 'writableNeedDrain')
    },
  },
}

// Whoever defines by a descriptor reads it through its prototype.
for (const descriptor of Object.values(COVER)) Object.setPrototypeOf(descriptor, null)

/** What the property below says. */
function uncovered(response: AnyResponse, name: string): unknown {
  return Reflect.get(Object.getPrototypeOf(response) as object, name, response)
}
