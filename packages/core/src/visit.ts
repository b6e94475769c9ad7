import type { CookieHeader } from './cookie/read.ts'
import type { MaybePromise } from './maybe-promise.ts'
import type { Observation } from './observation.ts'
import { OpenVisit } from './open-visit.ts'
import type { Opening } from './opening.ts'
import type { Session } from './session.ts'
import type { Header } from './visit-headers.ts'
import type { Setup, VisitOptions } from './visit-setup.ts'

/** One request's use of a session: opened, then closed. */
export interface Visit<D> {
  /** The session. The first look opens it; a visit that nobody looks at costs nothing and says nothing. */
  readonly session: Session<D>
  /**
   * Commits, and says which headers the response needs. Call it once, before the head leaves.
   *
   * @throws {SessionDataError | CookieTooLargeError} when what was left cannot be kept; the response must then say so
   * and carry none of the handler's headers.
   */
  close(): MaybePromise<readonly Header[]>
  /** Once the response is complete: reports a change that came too late for it. Never throws. */
  settle(): void
  /** Publishes what an adapter has seen of the response; each kind is warned of once. Nothing for a visit not looked at. */
  observed(what: Observation): void
}

const NO_OPTIONS: VisitOptions = Object.freeze({})
const NO_HEADERS: readonly Header[] = Object.freeze([])

/** What the cookies of a request led to, found out when somebody looks. */
export type Look = (header: CookieHeader) => Opening

/** A visit that opens the session when somebody looks. */
export class LazyVisit<D> implements Visit<D> {
  readonly #setup: Setup
  readonly #look: Look
  readonly #header: CookieHeader
  readonly #options: VisitOptions
  #open: OpenVisit<D> | undefined
  #isClosed = false

  constructor(setup: Setup, look: Look, header: CookieHeader, options: VisitOptions = NO_OPTIONS) {
    this.#setup = setup
    this.#look = look
    this.#header = header
    this.#options = options
  }

  get session(): Session<D> {
    if (this.#open === undefined) {
      this.#open = new OpenVisit<D>(this.#setup, this.#look(this.#header), this.#options)
      if (this.#isClosed) this.#open.end()
    }
    return this.#open.session
  }

  close(): MaybePromise<readonly Header[]> {
    if (this.#open !== undefined) return this.#open.close()
    this.#isClosed = true
    return NO_HEADERS
  }

  settle(): void {
    this.#open?.settle()
  }

  observed(what: Observation): void {
    this.#open?.observed(what)
  }
}
