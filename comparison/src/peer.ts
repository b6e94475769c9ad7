import type { RequestListener } from 'node:http'

/** One request, as a library handles it. */
export interface Turn {
  readonly path: string
  readonly query: URLSearchParams
  /** The library's session object; its properties are the data. */
  readonly session: Record<string, string | undefined>
  readonly send: (text: string) => unknown
  readonly redirect: (to: string) => unknown
  /** Logs out with the library's own method. */
  readonly end: () => unknown
  /** Saves, if the library requires an explicit call; otherwise does nothing. */
  readonly save: () => Promise<unknown>
}

export type Handler = (turn: Turn) => unknown

export interface Setup {
  readonly secret: string
  /** The lifetime of a session. */
  readonly seconds: number
  /** The backend for libraries that keep sessions in a store. */
  readonly backend: Backend
}

/** A library, configured as its documentation shows. */
export interface Peer {
  readonly name: string
  listener(handler: Handler, setup: Setup): RequestListener
}

/** The backend behind the stores of all libraries: tests can delay, fail and count its calls. */
export interface Backend {
  /** The number of calls so far. */
  calls: number
  /** Called before each write. */
  write: () => Promise<void> | void
  /** The complete content, as text. */
  readonly dump: () => string
  readonly records: Map<string, string>
}

export function createBackend(): Backend {
  const records = new Map<string, string>()
  return { calls: 0, write: () => undefined, dump: () => JSON.stringify([...records]), records }
}
