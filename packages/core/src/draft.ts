import { rebaseKept } from './decision.ts'
import { endedAt, NO_ENDS, onlyEnds } from './ends.ts'
import { NO_FLASH } from './flash.ts'
import type { Identity } from './identity.ts'
import type { Change, Step } from './rebase.ts'
import { readText, writeText } from './record.ts'
import { createSession, type Session } from './session.ts'
import type { SessionHost } from './session-host.ts'

/** A session as its handler is changing it. */
export class Draft<D> {
  readonly session: Session<D>
  readonly identity: Identity
  readonly #host: SessionHost
  /** What can be made again on the data of another request, in the order in which it was done. */
  #steps: readonly Step[] = []

  constructor(data: object, identity: Identity, host: SessionHost) {
    this.identity = identity
    this.session = createSession(data, identity, host)
    this.#host = host
  }

  get steps(): readonly Step[] {
    return this.#steps
  }

  /** The text of a record of all that it holds now. */
  text(): string {
    return writeText(this.session, this.identity)
  }

  /** @throws {TypeError} when the function returns a promise. */
  update(change: Change): void {
    this.#dropEnded()
    const before = this.text()
    const result: unknown = change(this.session)
    if (result instanceof Promise) throw new TypeError('session.update: the function must not be async')
    this.#steps = [...this.#steps, { before, change, after: this.text() }]
  }

  /** Begins again with this data and this identity. */
  reset(data: object, identity: Identity): void {
    this.#steps = []
    this.#show(data)
    Object.assign(this.identity, identity)
    this.#dropEnded()
  }

  /** These steps are in the record now. */
  forget(steps: readonly Step[]): void {
    this.#steps = this.#steps.filter((step) => !steps.includes(step))
  }

  /**
   * Shows what others had written, below what the handler has changed since its commit began.
   *
   * @throws {FlashTakenError} when it has taken a flash message since that others had taken.
   */
  adopt(sent: string, committed: string): void {
    const { kept, ends } = this.identity
    const changes = { before: sent, steps: this.#steps, after: this.text(), kept, at: this.#host.now() }
    const { text, steps } = rebaseKept(changes, committed, ({ mine }) => mine)
    const content = readText(text) ?? { data: {} }
    this.#show(content.data)
    // An end may have been set for a key that is still to come.
    const coming = onlyEnds(ends, (key) => !Object.hasOwn(this.session, key))
    this.identity.flash = content.flash ?? NO_FLASH
    this.identity.ends = new Map([...coming, ...(content.ends ?? NO_ENDS)])
    this.#steps = steps
  }

  #show(data: object): void {
    this.session.clear()
    Object.assign(this.session, data)
  }

  /** Lets go of the keys whose end has come since the session was opened. */
  #dropEnded(): void {
    const ended = new Set(endedAt(this.identity.ends, this.#host.now()))
    if (ended.size === 0) return
    for (const key of ended) Reflect.deleteProperty(this.session, key)
    this.identity.ends = onlyEnds(this.identity.ends, (key) => !ended.has(key))
  }
}
