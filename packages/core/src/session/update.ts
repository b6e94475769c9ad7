import { define, refusePromise } from '../base/own.ts'
import { CONTROL_NAMES } from '../record/control-names.ts'
import type { Change } from '../record/record.ts'
import { guardControls } from './guarded-controls.ts'

/** The argument of `session.update`'s function: the data, and the controls that change nothing else. */
export class DataDraft {
  /** Removes all data. */
  clear(): void {
    for (const key of Object.keys(this)) Reflect.deleteProperty(this, key)
  }

  /** Removes one key of the data and returns its value. */
  pop<K extends keyof this>(key: K): this[K] | undefined {
    if (!Object.hasOwn(this, key)) return undefined
    const value = this[key]
    Reflect.deleteProperty(this, key)
    return value
  }
}

// As in a session: polluted properties of `Object.prototype` are not data.
Object.setPrototypeOf(DataDraft.prototype, null)

// Changes by other controls could not be repeated on other data.
for (const name of CONTROL_NAMES) {
  if (!Object.hasOwn(DataDraft.prototype, name))
    define(DataDraft.prototype, name, { get: refuse(name), configurable: true })
}
guardControls(DataDraft.prototype)

function refuse(name: string): () => never {
  return () => {
    throw new TypeError(`session.update: '${name}' is not data; use it on the session, outside of update`)
  }
}

/** Applies a function of `update` to plain data, both immediately and on another request's data. */
export function changeOf(make: (data: DataDraft) => unknown): Change {
  if (typeof make !== 'function') throw new TypeError('session.update: expected a function')
  return (data) => {
    const made = make(Object.setPrototypeOf(data, DataDraft.prototype) as DataDraft)
    refusePromise(made, 'session.update: the function must not be async')
  }
}
