import type { Runtime } from './programs.ts'

/** Tests that do not run on a runtime. */
export interface LeftOut {
  readonly on: readonly Runtime[]
  /** The file's name, or the start of it. */
  readonly file: string
  /** A part of the tests' names; without it, all tests of the file. */
  readonly test?: string
  /** The reason, as the page shows it. */
  readonly why: string
}

const NO_SWEEP = 'no timer outlives a request, so stores are not swept: [use a scheduled handler](#workers)'
const OWN_TIMERS = 'each task has its own timer'
const HIDDEN_TYPE =
  'before a text is sent, no header shows its type; a copy of the response is sent as bytes: [set the type](#bun)'
const NO_SOCKETS = 'the test needs a server'

const TWO_CLOCKS = 'the test mixes a real timer with a simulated clock, and may hang'

export const LEFT_OUT: readonly LeftOut[] = [
  {
    on: ['bun', 'deno'],
    file: 'core/test/visit/watch.test.ts',
    test: 'with a store that does not answer',
    why: TWO_CLOCKS,
  },
  { on: ['workerd'], file: 'core/test/store/sweep.test.ts', why: NO_SWEEP },
  { on: ['workerd'], file: 'core/test/setup-store.test.ts', test: 'the sweep', why: NO_SWEEP },
  { on: ['workerd'], file: 'core/test/base/time-limit.test.ts', test: 'shares its timer', why: OWN_TIMERS },
  { on: ['workerd'], file: 'core/test/visit/watch.test.ts', test: 'a thousand in a beat', why: OWN_TIMERS },
  { on: ['workerd'], file: 'core/test/visit/watch.test.ts', test: 'of two thousand', why: OWN_TIMERS },
  {
    on: ['workerd'],
    file: 'core/test/crypto/xaes.test.ts',
    test: 'accumulated over 10,000 iterations',
    why: 'the test vector needs SHAKE128, which is missing',
  },
  {
    on: ['deno', 'workerd'],
    file: '',
    test: 'reads a cookie from several Cookie fields',
    why: 'a `Headers` object joins several Cookie headers with a comma; requests from the network to Deno’s server are not affected',
  },
  {
    on: ['deno'],
    file: 'fetch/test/responses.test.ts',
    test: 'are added to a response that was fetched',
    why: 'a fetched response loses its status text',
  },
  {
    on: ['workerd'],
    file: 'fetch/test/responses.test.ts',
    test: 'are added to a response that was fetched',
    why: NO_SOCKETS,
  },
  { on: ['workerd'], file: '', test: 'keeps the cookies of an answer from upstream', why: NO_SOCKETS },
  {
    on: ['workerd'],
    file: 'fetch/test/streams.test.ts',
    test: 'a visitor who leaves > before',
    why: NO_SOCKETS,
  },
  { on: ['workerd'], file: '', test: 'served by Node', why: NO_SOCKETS },
  {
    on: ['bun'],
    file: 'runtimes/served/',
    test: 'with the same type as without a session',
    why: HIDDEN_TYPE,
  },
  {
    on: ['bun'],
    file: 'hono/test/hono.test.ts',
    test: 'does not change the response of a handler',
    why: HIDDEN_TYPE,
  },
]

export const isLeftOut = (runtime: Runtime, file: string, name: string): boolean =>
  whyLeftOut(runtime, file, name) !== undefined

/** The reason why a test is left out; undefined if it runs. */
export const whyLeftOut = (runtime: Runtime, file: string, name: string): string | undefined =>
  LEFT_OUT.find((one) => one.on.includes(runtime) && covers(one, file, name))?.why

export const covers = ({ file: start, test = '' }: LeftOut, file: string, name: string): boolean =>
  file.startsWith(start) && name.includes(test)
