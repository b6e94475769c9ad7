import { takeFlash } from '../record/flash.ts'
import { flashMessage } from './flash-message.ts'
import { dataOf, removeData, removeKey } from './draft.ts'
import { SessionFacts } from './facts.ts'

/** The controls of what a session holds. */
export class DataControls extends SessionFacts {
  /** Removes all data; a subject stays logged in, and messages wait on. */
  clear(): void {
    removeData(this, SessionFacts.visitOf(this).state)
  }

  /** Removes one key of the data and returns what it held. */
  pop<K extends keyof this>(key: K): this[K] | undefined {
    const { state } = SessionFacts.visitOf(this)
    if (!Object.hasOwn(dataOf(this, state), key)) return undefined
    const value = this[key]
    removeKey(this, state, key as string)
    return value
  }

  /**
   * Adds a message for the next page that asks for it, as in Flask: `flash('info', 'Saved')`. Two pages that load in
   * the same instant may both show it; what must be given out once belongs into the data, to be taken with `take`.
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
    const { state, setup } = SessionFacts.visitOf(this)
    if (given.length > 1) {
      if (typeof message !== 'string') throw new TypeError('session.flash: expected a message as text')
      state.flash = [...state.flash, flashMessage(setup.fillRandom, category as string, message)]
      return undefined
    }
    const { taken, left } = takeFlash(state.flash, category as string | undefined)
    state.flash = left
    return taken.map(({ category: of, message: text }) =>
      category === undefined ? { category: of, message: text } : text,
    )
  }

  /**
   * Removes one key, and gives what it held once that is written: of requests that come at once, exactly one gets the
   * value. For a code that may be used once. What else has changed is saved with it. Nothing else tells when it fails.
   *
   * @returns undefined where there is no such key, and where another request was quicker.
   * @throws {TypeError} for a key that is no text.
   * @throws {UnsupportedError} where no store knows what others have taken: for a session that lives in its cookie.
   * @throws what `save` throws.
   */
  take<K extends Extract<keyof this, string>>(key: K): Promise<this[K] | undefined> {
    return SessionFacts.visitOf(this).take(key) as Promise<this[K] | undefined>
  }
}
