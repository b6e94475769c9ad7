import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
} from '@vitest/expect'
import { until } from './until.ts'

chai.use(JestExtend)
chai.use(JestChaiExpect)
chai.use(JestAsymmetricMatchers)

const asymmetric = (globalThis as unknown as Record<symbol, object>)[ASYMMETRIC_MATCHERS_OBJECT]

/** Vitest's own assertions. */
export const expect = Object.assign(
  (value: unknown, message?: string) => chai.expect(value, message),
  chai.expect,
  asymmetric,
  {
    unreachable: (message = 'expected this code not to run') => chai.assert.fail(message),
    /** The assertions about promises and polling that the suites use. */
    poll: (read: () => unknown) => ({
      toEqual: async (wanted: unknown) =>
        until(async () =>
          (chai.expect(await read()) as unknown as { toEqual(wanted: unknown): void }).toEqual(wanted),
        ),
    }),
  },
)
