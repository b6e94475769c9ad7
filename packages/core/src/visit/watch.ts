import type { SessionChange } from '../session/state.ts'
import type { Pulse, PulseMember } from '../base/pulse.ts'
import {
  createRecordWatcher,
  type RecordWatcher,
  type RecordWatcherSetup,
  type Watched,
} from './record-watcher.ts'

/** What all watches of one `Sessions` share. */
export interface WatchSetup extends RecordWatcherSetup {
  readonly pulse: Pulse
}

/**
 * Watches a session from the first `next` until `return`, an end, or the signal. Each iteration is a watch of its own.
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

/** One iteration. Looks only while somebody waits for news, so that many changes before that are one. */
class Watch implements AsyncIterator<SessionChange, undefined>, PulseMember {
  readonly #setup: WatchSetup
  readonly #watched: Watched
  readonly #signal: AbortSignal | undefined
  readonly #sighting: RecordWatcher
  #state: 'new' | 'on' | 'over' = 'new'
  /** Whether there may be something to see. */
  #isRung = true
  #wake: (() => void) | undefined
  #leave: (() => void)[] = []
  #turn: Promise<unknown> = Promise.resolve()

  constructor(setup: WatchSetup, watched: Watched, signal: AbortSignal | undefined) {
    this.#setup = setup
    this.#watched = watched
    this.#signal = signal
    this.#sighting = createRecordWatcher(setup, watched, () => this.#ring())
  }

  /** One call after the other, as a generator does it. */
  next(): Promise<Result> {
    const run = (): Promise<Result> => this.#next()
    const result = this.#turn.then(run, run)
    this.#turn = result
    return result
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.end()
    return DONE
  }

  beat(): boolean {
    if (this.#isRung || !this.#sighting.isDue()) return false
    this.#ring()
    return true
  }

  end(): void {
    this.#state = 'over'
    for (const leave of this.#leave.splice(0)) leave()
    this.#sighting.release()
    this.#ring()
  }

  async #next(): Promise<Result> {
    if (this.#state === 'new') this.#begin()
    while (this.#isOn) {
      if (!this.#isRung) await new Promise<void>((resolve) => (this.#wake = resolve))
      this.#isRung = false
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
    this.#leave = [
      () => signal?.removeEventListener('abort', stop),
      this.#watched.onCommit(() => this.#ring()),
      this.#setup.pulse.join(this),
    ]
    if (signal?.aborted === true || this.#setup.pulse.isClosed) this.end()
  }

  #look(): Promise<SessionChange | undefined> {
    return this.#sighting.look().catch((error: unknown) => {
      this.end()
      throw error
    })
  }

  #ring(): void {
    this.#isRung = true
    this.#wake?.()
  }
}
