import type { AnyRequest, AnyResponse } from '../headers/messages.ts'
import { isAnswering } from './answering.ts'
import { refuseHead } from './methods.ts'

/** The progress of a response as if the handler's calls had been sent. */
export interface Progress {
  readonly hasEnded: boolean
  readonly owesDrain: boolean
}

const PROGRESS = Symbol('keepsake.progress')
const STATUS = Symbol('keepsake.status')
const REASON = Symbol('keepsake.reason')

/** A response that appears sent, as long as there is progress, to all code but its error response. */
interface AppearingSent {
  [PROGRESS]?: Progress | undefined
  /** The status of an HTTP/1 response, where both are plain properties; on HTTP/2 they are accessors of the prototype. */
  [STATUS]?: number
  [REASON]?: string
}

/** Methods that change headers, besides `statusCode` and `statusMessage`. */
const CHANGES = ['setHeader', 'setHeaders', 'appendHeader', 'removeHeader'] as const

/**
 * Makes a held response behave as if its headers were sent: no framework responds a second time, and attempts to
 * change it have no effect, since they would give the sent body other headers.
 *
 * @returns A function that ends this.
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
  if (request.httpVersionMajor < 2) {
    response[STATUS] = response.statusCode
    response[REASON] = response.statusMessage
  }
  Object.defineProperties(response, COVER)
}

/**
 * Makes an abandoned response appear sent permanently, to all code but its error response; see `answerFor`. Changes of its
 * headers do not throw here.
 */
export function appearGivenUp(response: AnyResponse, progress: Progress): void {
  ;(response as AnyResponse & AppearingSent)[PROGRESS] = progress
}

/** How the response appears to the running code; undefined if unchanged. */
function appearanceOf(response: AppearingSent): Progress | undefined {
  const progress = response[PROGRESS]
  return progress === undefined || isAnswering(progress) ? undefined : progress
}

/** A property of the headers, which keeps its value while the response appears sent. */
function assigned(
  name: 'statusCode' | 'statusMessage',
  key: typeof STATUS | typeof REASON,
): PropertyDescriptor & ThisType<AnyResponse & AppearingSent> {
  return {
    configurable: true,
    get() {
      return this[key] ?? uncovered(this, name)
    },
    set(value: never) {
      if (appearanceOf(this) !== undefined) return
      if (this[STATUS] === undefined) Reflect.set(Object.getPrototypeOf(this) as object, name, value, this)
      else this[key] = value
    },
  }
}

/**
 * Stays on a response permanently: deleting properties would make it a slow object. The getters
 * are the same for all responses, so that defining them is cheap.
 */
const COVER: PropertyDescriptorMap & ThisType<AnyResponse & AppearingSent> = {
  statusCode: assigned('statusCode', STATUS),
  statusMessage: assigned('statusMessage', REASON),
  headersSent: {
    configurable: true,
    get() {
      return appearanceOf(this) !== undefined || uncovered(this, 'headersSent')
    },
  },
  writableEnded: {
    configurable: true,
    get() {
      return appearanceOf(this)?.hasEnded || uncovered(this, 'writableEnded')
    },
  },
  writableNeedDrain: {
    configurable: true,
    get() {
      const progress = appearanceOf(this)
      return progress ? progress.owesDrain && !progress.hasEnded : uncovered(this, 'writableNeedDrain')
    },
  },
}

// A property descriptor is read through its prototype.
for (const descriptor of Object.values(COVER)) Object.setPrototypeOf(descriptor, null)

/** The value of the underlying property. */
function uncovered(response: AnyResponse, name: string): unknown {
  return Reflect.get(Object.getPrototypeOf(response) as object, name, response)
}
