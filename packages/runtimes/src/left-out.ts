import type { Runtime } from './programs.ts'

/** Tests that are not run on a runtime. */
export interface LeftOut {
  readonly on: readonly Runtime[]
  /** The start of a file's name, or all of it. */
  readonly file: string
  /** A part of the tests' names; all tests of the file without one. */
  readonly test?: string
  /** Why, as the page says it. */
  readonly why: string
}

const NO_SWEEP =
  'no timer outlives a request there, so stores are not swept: [a scheduled handler does that](#workers)'
const OWN_TIMERS = 'each task has a timer of its own there'
const HIDDEN_TYPE =
  'the type of a text is in no header before the text is sent, and a copy is sent as bytes: [name it](#bun)'
const NO_SOCKETS = 'it needs a server'

const TWO_CLOCKS =
  'its test mixes a real timer with a clock that it moves itself, and may wait for ever there'

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
    why: 'its vector is made with SHAKE128, which is not there',
  },
  {
    on: ['deno', 'workerd'],
    file: '',
    test: 'reads a cookie from several Cookie fields',
    why: 'a `Headers` object joins them with a comma there; Deno’s server, as they come over the wire, does not',
  },
  {
    on: ['deno'],
    file: 'fetch/test/responses.test.ts',
    test: 'are added to a response that was fetched',
    why: 'the words beside the status of a fetched response are lost there',
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
  { on: ['bun'], file: 'runtimes/served/', test: 'with the type that it has', why: HIDDEN_TYPE },
  { on: ['bun'], file: 'hono/test/hono.test.ts', test: 'leaves an answer alone', why: HIDDEN_TYPE },
]

export const isLeftOut = (runtime: Runtime, file: string, name: string): boolean =>
  whyLeftOut(runtime, file, name) !== undefined

/** The reason for which a test is not run; undefined for one that is. */
export const whyLeftOut = (runtime: Runtime, file: string, name: string): string | undefined =>
  LEFT_OUT.find((one) => one.on.includes(runtime) && covers(one, file, name))?.why

export const covers = ({ file: start, test = '' }: LeftOut, file: string, name: string): boolean =>
  file.startsWith(start) && name.includes(test)
