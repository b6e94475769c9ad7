import { define, fieldOf } from '../base/own.ts'

interface Property {
  get?: () => unknown
  set?: (value: unknown) => void
  value?: unknown
}

/**
 * Turns every control, inherited ones too, into an accessor of the prototype that refuses assignment, in sloppy code
 * as well, and freezes it. `__proto__` and `constructor` are not controls: assigning them makes plain data, as in any dictionary.
 */
export function guardControls(prototype: object): void {
  for (const [name, control] of Object.entries(controlsOf(prototype))) {
    define(prototype, name, {
      get: fieldOf(control, 'get') ?? (() => control.value),
      set: fieldOf(control, 'set') ?? (name === 'constructor' ? defineOwn(name) : refuse(name)),
    })
  }
  define(prototype, '__proto__', {
    get: () => prototype,
    set: defineOwn('__proto__'),
  })
  Object.freeze(prototype)
}

function controlsOf(prototype: object): Readonly<Record<string, Property>> {
  const parent = Object.getPrototypeOf(prototype) as object | null
  const inherited = parent === null ? {} : controlsOf(parent)
  return { ...inherited, ...Object.getOwnPropertyDescriptors(prototype) }
}

/** What to write instead, where well-known middleware assigns a control. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['flash', ", and show messages on the next page with session.flash('info', 'Saved')"],
  [
    'csrfToken',
    '; for csrf-sync, set getTokenFromState: (req) => req.session.csrf,' +
      ' storeTokenInState: (req, token) => { req.session.csrf = token }',
  ],
])

function refuse(name: string): (value: unknown) => never {
  return () => {
    const instead = INSTEAD.get(name) ?? ''
    throw new TypeError(`'${name}' is a session control; store the data under another name${instead}`)
  }
}

function defineOwn(name: string) {
  return function (this: object, value: unknown): void {
    define(this, name, { value, writable: true, enumerable: true, configurable: true })
  }
}
