/** The result of `act`, or undefined if it throws. */
export function attempt<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}

/** The result of the first of these that returns something without throwing. */
export function firstOf<T, R>(list: readonly T[], open: (item: T) => R | undefined): R | undefined {
  for (const item of list) {
    const opened = attempt(() => open(item))
    if (opened !== undefined) return opened
  }
  return undefined
}
