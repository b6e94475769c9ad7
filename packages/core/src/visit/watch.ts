import type { SessionChange } from '../session/state.ts'
import type { Pulse, PulseMember } from '../base/pulse.ts'
import {
  createRecordWatcher,
  type RecordWatcher,
  type RecordWatcherSetup,
  type Watched,
} from './record-watcher.ts'

/** The shared parts of all watches of one `Sessions`. */
export interface WatchSetup extends RecordWatcherSetup {
  readonly pulse: Pulse
}

/**
 * Watches a session from the first `next` until `return`, an end, or the signal. Each iteration is a separate watch.
 */
export function watchSession(
  setup: WatchSetup,
  watched: Watched,
  signal: AbortSignal | undefined,
): AsyncIterable<SessionChange> {
  return { [Symbol.asyncIterator]: () => new Watch(setup, watched, signal) }
}

type Result = IteratorResult<SessionChange, undefined>

const DONE: IteratorReturnResult<undefined> = Object.freeze({ value: undefined, done: true })

/** One iteration. It looks only while the handler waits for the next change, so several changes before that are one. */
class Watch implements AsyncIterator<SessionChange, undefined>, PulseMember {
  readonly #setup: WatchSetup
  readonly #watched: Watched
  readonly #signal: AbortSignal | undefined
  readonly #watcher: RecordWatcher
  #state: 'new' | 'on' | 'over' = 'new'
  /** Whether there may be a change. */
  #mayHaveNews = true
  #wake: (() => void) | undefined
  #stops: (() => void)[] = []
  #last: Promise<unknown> = Promise.resolve()

  constructor(setup: WatchSetup, watched: Watched, signal: AbortSignal | undefined) {
    this.#setup = setup
    this.#watched = watched
    this.#signal = signal
    this.#watcher = createRecordWatcher(setup, watched, () => this.#alert())
  }

  /** One call after the other, like a generator. */
  next(): Promise<Result> {
    const run = (): Promise<Result> => this.#next()
    const result = this.#last.then(run, run)
    this.#last = result
    return result
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.end()
    return DONE
  }

  beat(): boolean {
    if (this.#mayHaveNews || !this.#watcher.isDue()) return false
    this.#alert()
    return true
  }

  end(): void {
    this.#state = 'over'
    for (const stop of this.#stops.splice(0)) stop()
    this.#watcher.release()
    this.#alert()
  }

  async #next(): Promise<Result> {
    if (this.#state === 'new') this.#begin()
    while (this.#isOn) {
      if (!this.#mayHaveNews) await new Promise<void>((resolve) => (this.#wake = resolve))
      this.#mayHaveNews = false
      const change = this.#isOn ? await this.#look() : undefined
      if (change === undefined || !this.#isOn) continue
      if (change !== 'changed') this.end()
      return { value: change, done: false }
    }
    return DONE
  }

  get #isOn(): boolean {
    return this.#state === 'on'
  }

  #begin(): void {
    const signal = this.#signal
    const stop = (): void => this.end()
    this.#state = 'on'
    signal?.addEventListener('abort', stop)
    this.#stops = [
      () => signal?.removeEventListener('abort', stop),
      this.#watched.onCommit(() => this.#alert()),
      this.#setup.pulse.join(this),
    ]
    if (signal?.aborted === true || this.#setup.pulse.isClosed) this.end()
  }

  #look(): Promise<SessionChange | undefined> {
    return this.#watcher.look().catch((error: unknown) => {
      this.end()
      throw error
    })
  }

  #alert(): void {
    this.#mayHaveNews = true
    this.#wake?.()
  }
}
