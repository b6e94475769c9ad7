const KEEP = 8

/**
 * A cookie value without its middle, so that a page can identify it without revealing it. Short values are cut
 * too: at most a third of the characters stay.
 */
export function shorten(value: string): string {
  const keep = Math.min(KEEP, Math.floor(value.length / 6))
  return `${value.slice(0, keep)}…${value.slice(value.length - keep)}`
}

/** A Set-Cookie line with a shortened value and complete attributes. An empty value stays empty. */
export function shortenSetCookie(line: string): string {
  const end = line.indexOf(';')
  const pair = end === -1 ? line : line.slice(0, end)
  const equals = pair.indexOf('=')
  const value = pair.slice(equals + 1)
  if (equals === -1 || value === '') return line
  return `${pair.slice(0, equals)}=${shorten(value)}${end === -1 ? '' : line.slice(end)}`
}
