/** What the page is asked to do, and where it asks. */
export interface WatchOptions {
  /** Where `sessionStatus()` of the adapter answers. Default `'/session'`. */
  readonly url?: string | undefined
  /** How many seconds before the end the warning begins. Default 120. */
  readonly warnBefore?: number | undefined
  /** Called with the seconds that are left, once a second while the warning lasts. `stay` extends the session. */
  readonly onWarning?: ((secondsLeft: number, stay: () => Promise<void>) => void) | undefined
  /** Called when the warning is over: the session was extended, here or in another tab, or has ended. */
  readonly onWarningOver?: (() => void) | undefined
  /** Called when nobody is logged in any more: leads to the login. Called again where the back button brings the page back. */
  readonly onEnded: () => void
}

/** What `sessionStatus()` answers. */
interface Status {
  readonly state: 'user' | 'anonymous' | 'none'
  readonly expiresIn: number
}

/** A session that is watched. */
export interface Watch {
  /** Extends the session, as any other request would; its other tabs hear of it. */
  readonly stay: () => Promise<void>
  /** Ends the watch. */
  readonly stop: () => void
}

const DEFAULT_URL = '/session'
/** Before it asks again where the network or the server failed. */
const RETRY_MS = 15_000

/**
 * Watches the session of the user that this page is for. It asks the server when the page is shown, when the warning would begin, when
 * the session would be over and when another tab says that something has happened; by the clock on the wall, so that a computer
 * that wakes up asks at once. To ask extends nothing. What fails is asked again, and ends nothing.
 *
 * ```ts
 * watchSession({ onWarning: (left, stay) => show(left, stay), onEnded: () => location.assign('/login') })
 * ```
 */
export function watchSession(options: WatchOptions): Watch {
  const { url = DEFAULT_URL, warnBefore = 120, onWarning, onWarningOver, onEnded } = options
  let tabs: BroadcastChannel | undefined
  let timer: ReturnType<typeof setInterval> | undefined
  /** By the clock on the wall, in epoch milliseconds. */
  let askAt = 0
  let endsAt = 0
  let asked = 0
  let isWarned = false

  /** A later answer counts, whichever comes first. */
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

  /** A page that is put aside for the back button keeps nothing open. */
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
 * Has the other tabs ask at once. For the page that comes after a logout or a login: the others then return to the login too.
 *
 * @param url As `watchSession` has it. Default `'/session'`.
 */
export function tellTabs(url = DEFAULT_URL): void {
  const tabs = new BroadcastChannel(channelOf(url))
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has none: it is of this origin
  tabs.postMessage('')
  tabs.close()
}

const channelOf = (url: string): string => `keepsake ${url}`

/** Undefined where the server has no answer. */
async function ask(url: string, method: 'GET' | 'POST'): Promise<Status | undefined> {
  const answer = await fetch(url, { method, cache: 'no-store' })
  return answer.status === 200 ? ((await answer.json()) as Status) : undefined
}
