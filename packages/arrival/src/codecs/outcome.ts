/** What `act` comes to, or undefined where it throws. */
export function attempt<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}

/** What the first of these that does not throw and answers something comes to. */
export function firstOf<T, R>(list: readonly T[], open: (item: T) => R | undefined): R | undefined {
  for (const item of list) {
    const opened = attempt(() => open(item))
    if (opened !== undefined) return opened
  }
  return undefined
}
