import FakeTimers, { type Clock, type FakeMethod } from '@sinonjs/fake-timers'
import { fn, spyOn } from '@vitest/spy'
import { until } from './until.ts'

const fakes: { clock: Clock | undefined; undo: (() => void)[] } = { clock: undefined, undo: [] }

function clock(): Clock {
  if (fakes.clock === undefined) throw new Error('useFakeTimers was not called')
  return fakes.clock
}

/** Vitest fakes neither of these by default. */
const LEFT_ALONE: readonly FakeMethod[] = ['nextTick', 'queueMicrotask']

function useFakeTimers({ toFake, now = Date.now() }: { toFake?: FakeMethod[]; now?: number } = {}): void {
  fakes.clock?.uninstall()
  fakes.clock = FakeTimers.install(
    toFake === undefined ? { now, toNotFake: [...LEFT_ALONE] } : { now, toFake },
  )
}

function replace(target: Record<string, unknown>, key: string, value: unknown): void {
  const before = Object.getOwnPropertyDescriptor(target, key)
  fakes.undo.push(() => {
    if (before === undefined) delete target[key]
    else Object.defineProperty(target, key, before)
  })
  target[key] = value
}

/** By assignment: Deno does not let a variable be redefined, even with its own descriptor. */
function stubEnv(name: string, value: string): void {
  const before = process.env[name]
  fakes.undo.push(() => {
    if (before === undefined) delete process.env[name]
    else process.env[name] = before
  })
  process.env[name] = value
}

const undoAll = (): void =>
  fakes.undo
    .splice(0)
    .toReversed()
    .forEach((undo) => undo())

/** Vitest's `vi`, as far as the suites use it. */
export const vi = {
  useFakeTimers,
  useRealTimers(): void {
    fakes.clock?.uninstall()
    fakes.clock = undefined
  },
  advanceTimersByTime: (milliseconds: number) => clock().tick(milliseconds),
  advanceTimersByTimeAsync: (milliseconds: number) => clock().tickAsync(milliseconds),
  getTimerCount: () => clock().countTimers(),
  setSystemTime: (time: number) => clock().setSystemTime(time),
  stubGlobal: (name: string, value: unknown) => replace(globalThis, name, value),
  stubEnv,
  unstubAllGlobals: undoAll,
  unstubAllEnvs: undoAll,
  waitFor: until,
  spyOn,
  fn,
}
