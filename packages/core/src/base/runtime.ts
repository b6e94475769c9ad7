/**
 * npm only warns about a release of Node that `engines` excludes.
 *
 * @throws {Error} for a release that lacks what this package needs.
 */
export function checkNode(version: string): void {
  if (Number.parseInt(version) < 22)
    throw new Error(`Keepsake needs Node 22.13 or newer; this is Node ${version}`)
}

checkNode(process.versions.node)

/** Checked once: the runtime does not change. */
const isWorker = typeof navigator !== 'undefined' && navigator.userAgent === 'Cloudflare-Workers'

/**
 * Whether a timer may serve several requests. A Worker's ends with the request in which it was set, and none can be set outside
 * of one; so there each task has its own, and there is no sweep.
 */
export const SHARES_TIMERS = !isWorker

/** A warning's text, for standard error and for listeners of warnings. */
export interface Warning {
  readonly code: string
  readonly message: string
  readonly detail: string
}

export function warn({ code, message, detail }: Warning): void {
  process.emitWarning(message, { type: 'KeepsakeWarning', code, detail })
}
