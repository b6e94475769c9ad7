import { channel } from 'node:diagnostics_channel'
import { STORE_CHANNEL, type StoreCall, type StoreOperation } from '../base/events.ts'
import type { MaybePromise } from '../base/maybe-promise.ts'
import { fieldOf } from '../base/own.ts'
import { since } from '../base/time.ts'
import type { Store } from './store.ts'

/** The calls of a store that are published. `watch` is not one of them, because it lasts as long as the watch. */
export interface TracedStore extends Pick<Store, 'read' | 'create' | 'replace' | 'delete'> {
  readonly bySubject: Store['bySubject']
  readonly sweep: Store['sweep']
}

/** A store whose calls are published. Without a listener, the calls go directly to the store. */
export function tracedStore(store: Store): TracedStore {
  const calls = callsOf(store)
  const { isHeard, traced } = calls
  const [bySubject, sweep] = [fieldOf(store, 'bySubject'), fieldOf(store, 'sweep')]
  return Object.freeze<TracedStore>({
    read: (key) => (isHeard() ? traced('read', () => store.read(key)) : store.read(key)),
    create: (key, record) =>
      isHeard() ? traced('create', () => store.create(key, record)) : store.create(key, record),
    replace: (key, revision, record) =>
      isHeard()
        ? traced('replace', () => store.replace(key, revision, record))
        : store.replace(key, revision, record),
    delete: (key) => (isHeard() ? traced('delete', () => store.delete(key)) : store.delete(key)),
    bySubject:
      bySubject &&
      ((subject) => {
        const found = bySubject.call(store, subject)
        return isHeard() ? calls.tracedEach(found) : found
      }),
    sweep:
      sweep &&
      (async (now) => (isHeard() ? traced('sweep', () => sweep.call(store, now)) : sweep.call(store, now))),
  })
}

/** How the calls of a store are published. */
function callsOf(store: Store) {
  const [started, failed, ended] = ['start', 'error', 'asyncEnd'].map((part) =>
    channel(`tracing:${STORE_CHANNEL}:${part}`),
  ) as [Part, Part, Part]
  const system = systemOf(store)

  /** Publishes that a call begins. The returned function publishes that it has ended. */
  function begin(operation: StoreOperation): Ending {
    const call: StoreCall = { operation, system, durationMs: undefined, errorType: undefined }
    const begun = performance.now()
    started.publish(call)
    const end = (): void => {
      call.durationMs = since(begun)
      ended.publish(call)
    }
    const fail = (error: unknown): never => {
      call.errorType = errorTypeOf(error)
      failed.publish(call)
      end()
      throw error
    }
    return { end, fail }
  }

  return {
    isHeard: (): boolean => started.hasSubscribers || ended.hasSubscribers || failed.hasSubscribers,
    traced: <T>(operation: StoreOperation, work: () => MaybePromise<T>): MaybePromise<T> => {
      const { end, fail } = begin(operation)
      const through = (value: T): T => (end(), value)
      let done: MaybePromise<T>
      try {
        done = work()
      } catch (error) {
        return fail(error)
      }
      return isThenable(done) ? Promise.resolve(done).then(through, fail) : through(done)
    },
    /** Ends with the last item, or when the consumer stops. */
    async *tracedEach<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
      const { end, fail } = begin('by_subject')
      let ending: () => void = end
      try {
        yield* items
      } catch (error) {
        ending = () => fail(error)
      } finally {
        ending()
      }
    },
  }
}

type Part = ReturnType<typeof channel>

interface Ending {
  readonly end: () => void
  readonly fail: (error: unknown) => never
}

const isThenable = <T>(done: MaybePromise<T>): done is Promise<T> =>
  typeof done === 'object' && done !== null && 'then' in done

/** Another author's store may return anything. */
function systemOf(store: Store): string | undefined {
  const system: unknown = fieldOf(store, 'system')
  return typeof system === 'string' && NAME.test(system) ? system : undefined
}

/** Does not use the error's message, which may quote data. */
function errorTypeOf(error: unknown): string {
  if (!(error instanceof Error)) return OTHER
  const code = fieldOf(error as Error & { readonly code?: unknown }, 'code')
  const said = [code, error.name].find((name) => typeof name === 'string' && NAME.test(name))
  return typeof said === 'string' ? said : OTHER
}

/** Short, and so strict that it cannot be a token, a key or a value. */
const NAME = /^[\w.]{1,32}$/

/** What OpenTelemetry calls an error that has no name. */
const OTHER = '_OTHER'
