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

/**
 * Makes a held response behave as if its headers were sent: no framework responds a second time, and attempts to
 * change it have no effect, since they would give the sent body other headers.
 *
 * @param mayWrite Whether the handler may write without having ended the response.
 * @returns A function that ends this.
 */
export function appearSent(
  request: AnyRequest,
  response: AnyResponse,
  progress: Progress,
  mayWrite: boolean,
): () => void {
  const appearing = response as AnyResponse & AppearingSent
  const showHeaders =
    (!isCovered(response) && hideByHeader(response, mayWrite)) || hideByOverrides(request, response)
  appearing[PROGRESS] = progress
  return () => {
    appearing[PROGRESS] = undefined
    showHeaders()
  }
}

/** An HTTP/1 response of Node; undefined on other responses. */
interface WithHeader {
  /** The text of the headers, once they are sent. Not documented; Express, on-headers and express-session read it. */
  _header?: string | null
}

const HELD = 'held'

/**
 * Gives the response a text of headers, for which Node looks in `headersSent` and in all methods that change headers. This is much
 * cheaper than overriding them, for every response of a session in a networked store.
 *
 * @returns Undefined, with nothing done, if this response does not use that text.
 */
function hideByHeader(response: AnyResponse, mayWrite: boolean): (() => void) | undefined {
  const holder = response as WithHeader
  if (holder._header !== null) return undefined
  holder._header = HELD
  if (!response.headersSent) {
    holder._header = null
    return undefined
  }
  const { statusCode, statusMessage } = response
  Object.defineProperties(response, mayWrite ? STREAMING_COVER : ENDED_COVER)
  return () => {
    holder._header = null
    response.statusCode = statusCode
    response.statusMessage = statusMessage
  }
}

/** Methods that change headers, besides `statusCode` and `statusMessage`. */
const CHANGES = ['setHeader', 'setHeaders', 'appendHeader', 'removeHeader'] as const

function hideByOverrides(request: AnyRequest, response: AnyResponse): () => void {
  const changes = response as unknown as Record<(typeof CHANGES)[number], unknown>
  const originals = CHANGES.map((name) => changes[name])
  for (const name of CHANGES) changes[name] = refuseHead
  cover(request, response)
  return () => {
    for (const [index, name] of CHANGES.entries()) changes[name] = originals[index]
  }
}

const isCovered = (response: AnyResponse): boolean => Object.hasOwn(response, 'headersSent')

function cover(request: AnyRequest, response: AnyResponse & AppearingSent): void {
  if (isCovered(response)) return
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
export function appearGivenUp(request: AnyRequest, response: AnyResponse, progress: Progress): void {
  cover(request, response)
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

type Cover = PropertyDescriptorMap & ThisType<AnyResponse & AppearingSent>

/*
 * Covers stay on a response permanently: deleting properties would make it a slow object. The getters are the same for all
 * responses, so that defining them is cheap.
 */

/** For a response that has ended. */
const ENDED_COVER: Cover = {
  writableEnded: {
    configurable: true,
    get() {
      return appearanceOf(this)?.hasEnded || uncovered(this, 'writableEnded')
    },
  },
}

const STREAMING_COVER: Cover = {
  ...ENDED_COVER,
  writableNeedDrain: {
    configurable: true,
    get() {
      const progress = appearanceOf(this)
      return progress ? progress.owesDrain && !progress.hasEnded : uncovered(this, 'writableNeedDrain')
    },
  },
}

/** For a response whose headers another cover does not hide. */
const COVER: Cover = {
  ...STREAMING_COVER,
  statusCode: assigned('statusCode', STATUS),
  statusMessage: assigned('statusMessage', REASON),
  headersSent: {
    configurable: true,
    get() {
      return appearanceOf(this) !== undefined || uncovered(this, 'headersSent')
    },
  },
}

// A property descriptor is read through its prototype.
for (const descriptor of Object.values(COVER)) Object.setPrototypeOf(descriptor, null)

/** The value of the underlying property. */
function uncovered(response: AnyResponse, name: string): unknown {
  return Reflect.get(Object.getPrototypeOf(response) as object, name, response)
}
