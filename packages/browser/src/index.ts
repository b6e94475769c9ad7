/** The callbacks of the page, and where to get the session's status. */
export interface WatchOptions {
  /** The URL where the adapter's `sessionStatus()` is mounted. Default `'/session'`. */
  readonly url?: string | undefined
  /** How many seconds before the session ends the warning begins. Default 120. */
  readonly warnBefore?: number | undefined
  /** Called once a second during the warning, with the seconds that remain. `stay` extends the session. */
  readonly onWarning?: ((secondsLeft: number, stay: () => Promise<void>) => void) | undefined
  /** Called when the warning ends because the session was extended, here or in another tab, or has ended. */
  readonly onWarningOver?: (() => void) | undefined
  /** Called when the user is no longer logged in; it should lead to the login. Called again if the back button returns to the page. */
  readonly onEnded: () => void
}

/** The response of `sessionStatus()`. */
interface Status {
  readonly state: 'user' | 'anonymous' | 'none'
  readonly expiresIn: number
}

/** A watched session. */
export interface Watch {
  /** Extends the session by a request to the server, and notifies the other tabs. */
  readonly stay: () => Promise<void>
  /** Ends the watch. */
  readonly stop: () => void
}

const DEFAULT_URL = '/session'
/** The pause before a retry after the network or the server failed. */
const RETRY_MS = 15_000

/**
 * Watches the session of the logged-in user of this page. It requests the status when the page is shown, when the warning
 * would begin, when the session would expire, and when another tab reports a change. It uses the real time, so a
 * computer that wakes up requests the status immediately. These requests do not extend the session. A failed request is
 * retried, and does not count as the end of the session.
 *
 * ```ts
 * watchSession({ onWarning: (left, stay) => show(left, stay), onEnded: () => location.assign('/login') })
 * ```
 */
export function watchSession(options: WatchOptions): Watch {
  const { url = DEFAULT_URL, warnBefore = 120, onWarning, onWarningOver, onEnded } = options
  let tabs: BroadcastChannel | undefined
  let timer: ReturnType<typeof setInterval> | undefined
  /** The real time of the next request, in epoch milliseconds. */
  let askAt = 0
  let endsAt = 0
  let asked = 0
  let isWarned = false

  /** Only the response to the latest request counts, in whatever order they arrive. */
  async function check(): Promise<void> {
    const question = ++asked
    askAt = Date.now() + RETRY_MS
    const status = await ask(url, 'GET').catch(() => undefined)
    if (status === undefined || question !== asked || timer === undefined) return
    if (status.state === 'user') plan(status.expiresIn)
    else end()
  }

  function plan(expiresIn: number): void {
    endsAt = Date.now() + expiresIn * 1000
    const isDue = expiresIn <= warnBefore
    askAt = isDue ? endsAt : endsAt - warnBefore * 1000
    if (isDue) isWarned = true
    else unwarn()
    tick()
  }

  function unwarn(): void {
    if (isWarned) onWarningOver?.()
    isWarned = false
  }

  function end(): void {
    unwarn()
    pause()
    tellTabs(url)
    onEnded()
  }

  function tick(): void {
    if (isWarned) onWarning?.(Math.max(0, Math.ceil((endsAt - Date.now()) / 1000)), stay)
    if (Date.now() >= askAt) void check()
  }

  async function stay(): Promise<void> {
    await ask(url, 'POST').catch(() => undefined)
    await check()
    tellTabs(url)
  }

  function begin(): void {
    pause()
    tabs = new BroadcastChannel(channelOf(url))
    tabs.onmessage = check
    timer = setInterval(tick, 1000)
    void check()
  }

  /** A page that is cached for the back button keeps no timer and no channel. */
  function pause(): void {
    clearInterval(timer)
    timer = undefined
    tabs?.close()
  }

  const look = (): void => void (document.visibilityState === 'visible' && timer !== undefined && check())
  const comeBack = ({ persisted }: PageTransitionEvent): void => void (persisted && begin())

  document.addEventListener('visibilitychange', look)
  addEventListener('pagehide', pause)
  addEventListener('pageshow', comeBack)
  begin()

  return {
    stay,
    stop() {
      pause()
      unwarn()
      document.removeEventListener('visibilitychange', look)
      removeEventListener('pagehide', pause)
      removeEventListener('pageshow', comeBack)
    },
  }
}

/**
 * Makes the other tabs request the status immediately. Call it on the page after a logout or a login; after a logout, the
 * other tabs then return to the login too.
 *
 * @param url The same as for `watchSession`. Default `'/session'`.
 */
export function tellTabs(url = DEFAULT_URL): void {
  const tabs = new BroadcastChannel(channelOf(url))
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has none: it only reaches this origin
  tabs.postMessage('')
  tabs.close()
}

const channelOf = (url: string): string => `keepsake ${url}`

/** Undefined if the server does not answer with 200. */
async function ask(url: string, method: 'GET' | 'POST'): Promise<Status | undefined> {
  const answer = await fetch(url, { method, cache: 'no-store' })
  return answer.status === 200 ? ((await answer.json()) as Status) : undefined
}
