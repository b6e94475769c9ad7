import type { RequestListener } from 'node:http'

/** One request, seen through a library. */
export interface Turn {
  readonly path: string
  readonly query: URLSearchParams
  /** The session as the library gives it; its data are its properties. */
  readonly session: Record<string, string | undefined>
  readonly send: (text: string) => unknown
  readonly redirect: (to: string) => unknown
  /** Logs out, in the library's own way. */
  readonly end: () => unknown
  /** Saves, where the library has to be told; nothing where it saves by itself. */
  readonly save: () => Promise<unknown>
}

export type Handler = (turn: Turn) => unknown

export interface Setup {
  readonly secret: string
  /** How long a session may live. */
  readonly seconds: number
  /** Where sessions are kept, by libraries that keep them in a store. */
  readonly backend: Backend
}

/** A library, set up as its documentation says. */
export interface Peer {
  readonly name: string
  listener(handler: Handler, setup: Setup): RequestListener
}

/** What stands behind the stores of all libraries: where writes can be held up, fail, and be counted. */
export interface Backend {
  /** How many calls came. */
  calls: number
  /** Called for each write, before it is done. */
  write: () => Promise<void> | void
  /** All that is kept, as text. */
  readonly dump: () => string
  readonly records: Map<string, string>
}

export function createBackend(): Backend {
  const records = new Map<string, string>()
  return { calls: 0, write: () => undefined, dump: () => JSON.stringify([...records]), records }
}
