import type { AnyRequest, AnyResponse } from '../headers/messages.ts'
import { isAnswering } from './answering.ts'
import { refuseHead } from './methods.ts'

/** How far a response would be if what the handler sent had gone out. */
export interface Progress {
  readonly hasEnded: boolean
  readonly owesDrain: boolean
}

const PROGRESS = Symbol('keepsake.progress')
const STATUS = Symbol('keepsake.status')
const REASON = Symbol('keepsake.reason')

/** A response that appears to be sent, as long as there is progress, to all but what answers in its place. */
interface AppearingSent {
  [PROGRESS]?: Progress | undefined
  /** The status of an HTTP/1 response, where both are plain properties; on HTTP/2 they are accessors of the prototype. */
  [STATUS]?: number
  [REASON]?: string
}

/** What changes a head, beside `statusCode` and `statusMessage`. */
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
  if (request.httpVersionMajor < 2) {
    response[STATUS] = response.statusCode
    response[REASON] = response.statusMessage
  }
  Object.defineProperties(response, COVER)
}

/**
 * Makes a response that was given up appear sent for good, to all but what answers in its place; see `answerFor`. What
 * changes its head is not refused here.
 */
export function appearGivenUp(response: AnyResponse, progress: Progress): void {
  ;(response as AnyResponse & AppearingSent)[PROGRESS] = progress
}

/** How the response appears to the code that runs now; undefined where it is what it is. */
function appearanceOf(response: AppearingSent): Progress | undefined {
  const progress = response[PROGRESS]
  return progress === undefined || isAnswering(progress) ? undefined : progress
}

/** A property of the head, which keeps its value while the response appears sent. */
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
 * Stays on a response for good: to delete properties again would make a slow object of it. The getters
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

// Whoever defines by a descriptor reads it through its prototype.
for (const descriptor of Object.values(COVER)) Object.setPrototypeOf(descriptor, null)

/** What the property below says. */
function uncovered(response: AnyResponse, name: string): unknown {
  return Reflect.get(Object.getPrototypeOf(response) as object, name, response)
}
