/** The values for a name of `Object.prototype`: what a parser can produce, a function, and a setter. */
export const HOSTILE: Readonly<Record<string, () => PropertyDescriptor>> = {
  text: () => valueOf('admin'),
  true: () => valueOf(true),
  false: () => valueOf(false),
  number: () => valueOf(1),
  list: () => valueOf(['admin']),
  object: () => valueOf({ admin: 'admin' }),
  function: () => valueOf(() => 'admin'),
  setter: () => ({ configurable: true, get: () => undefined, set: () => undefined }),
}

const valueOf = (value: unknown): PropertyDescriptor => ({
  configurable: true,
  enumerable: true,
  writable: true,
  value,
})

/** Runs a function while `Object.prototype` has these names. */
export async function polluted<T>(
  names: readonly string[],
  kind: string,
  work: () => Promise<T>,
): Promise<T> {
  const given = names.map(() => Object.assign(Object.create(null) as PropertyDescriptor, HOSTILE[kind]?.()))
  // By index: a name may break iterators. The descriptors have no prototype, because it may break those too.
  for (let at = 0; at < names.length; at++)
    // oxlint-disable-next-line eslint/no-extend-native -- that is the attack
    Object.defineProperty(Object.prototype, names[at] ?? '', given[at] ?? {})
  try {
    return await work()
  } finally {
    for (let at = 0; at < names.length; at++) Reflect.deleteProperty(Object.prototype, names[at] ?? '')
  }
}
