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
    Object.defineProperty(prototype, name, {
      get: control.get ?? (() => control.value),
      set: control.set ?? (name === 'constructor' ? defineOwn(name) : refuse(name)),
    })
  }
  Object.defineProperty(prototype, '__proto__', {
    get: () => prototype,
    set: defineOwn('__proto__'),
  })
  Object.freeze(prototype)
}

function controlsOf(prototype: object): Readonly<Record<string, Property>> {
  const parent = Object.getPrototypeOf(prototype) as object
  const inherited = parent === Object.prototype ? {} : controlsOf(parent)
  return { ...inherited, ...Object.getOwnPropertyDescriptors(prototype) }
}

function refuse(name: string): (value: unknown) => never {
  return () => {
    throw new TypeError(`'${name}' is a control of the session; keep the data under another name`)
  }
}

function defineOwn(name: string) {
  return function (this: object, value: unknown): void {
    Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true })
  }
}
