import { takeFlash } from './flash.ts'
import type { Identity } from './identity.ts'
import type { SessionHost } from './session-host.ts'

/** The controls of what a session holds. */
export class DataControls {
  readonly #identity: Identity
  readonly #host: SessionHost

  constructor(identity: Identity, host: SessionHost) {
    this.#identity = identity
    this.#host = host
  }

  /** Removes all data; a subject stays logged in, and messages wait on. */
  clear(): void {
    for (const key of Object.keys(this)) Reflect.deleteProperty(this, key)
  }

  /** Removes one key of the data and returns what it held. */
  pop<K extends keyof this>(key: K): this[K] | undefined {
    if (!Object.hasOwn(this, key)) return undefined
    const value = this[key]
    Reflect.deleteProperty(this, key)
    return value
  }

  /**
   * Leaves a message for the next page that asks for it, as in Flask: `flash('info', 'Saved')`.
   *
   * With a store each message is shown by one response only, however many requests come at once: one that has taken what
   * another has shown meanwhile fails with a {@link FlashTakenError}, and the adapters send its visitor to the same
   * page again. In sealed mode the browser's last answer wins, so that two requests at once may show it twice.
   *
   * @throws {TypeError} unless both are text, and the category is not empty.
   */
  flash(category: string, message: string): void
  /** Takes the messages of a category, oldest first. They are gone when the response leaves. */
  flash(category: string): string[]
  /** Takes all messages, oldest first. */
  flash(): { category: string; message: string }[]
  flash(...given: readonly unknown[]): unknown {
    const [category, message] = given
    if (given.length > 0 && (typeof category !== 'string' || category === '')) {
      throw new TypeError('session.flash: expected a category as text')
    }
    if (given.length > 1) return this.#leave(category as string, message)
    const { taken, left } = takeFlash(this.#identity.flash, category as string | undefined)
    this.#identity.flash = left
    return taken.map(({ category: of, message: text }) =>
      category === undefined ? { category: of, message: text } : text,
    )
  }

  #leave(category: string, message: unknown): void {
    if (typeof message !== 'string') throw new TypeError('session.flash: expected a message as text')
    const id = this.#host.freshFlashId()
    this.#identity.flash = [...this.#identity.flash, { id, category, message }]
  }
}
