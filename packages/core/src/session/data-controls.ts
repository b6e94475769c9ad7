import { takeFlash } from '../record/flash.ts'
import { flashMessage } from './flash-message.ts'
import { dataOf, removeData, removeKey } from './draft.ts'
import { SessionFacts } from './facts.ts'

/** The controls for the session data. */
export class DataControls extends SessionFacts {
  /** Removes all data; the subject stays logged in, and flash messages are kept. */
  clear(): void {
    removeData(this, SessionFacts.visitOf(this).state)
  }

  /** Removes one key of the data and returns its value. */
  pop<K extends keyof this>(key: K): this[K] | undefined {
    const { state } = SessionFacts.visitOf(this)
    if (!Object.hasOwn(dataOf(this, state), key)) return undefined
    const value = this[key]
    removeKey(this, state, key as string)
    return value
  }

  /**
   * Adds a message for the next page that reads it, as in Flask: `flash('info', 'Saved')`. Two simultaneous pages may both
   * show it; put a value that must be used only once into the data, and read it with `take`.
   *
   * @throws {TypeError} unless both are text, and the category is not empty.
   */
  flash(category: string, message: string): void
  /** Takes the messages of a category, oldest first. They are removed with this response. */
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
   * Removes one key and returns its value, once the removal is saved: of several simultaneous requests, exactly one gets
   * the value. For a code that may be used once. Saves all other changes too. Await it: nothing else reports a failure.
   *
   * @returns undefined if there is no such key, or if another request was faster.
   * @throws {TypeError} for a key that is not text.
   * @throws {UnsupportedError} for a session that lives in its cookie, where requests cannot see each other's changes.
   * @throws the errors of `save`.
   */
  take<K extends Extract<keyof this, string>>(key: K): Promise<this[K] | undefined> {
    return SessionFacts.visitOf(this).take(key) as Promise<this[K] | undefined>
  }
}
