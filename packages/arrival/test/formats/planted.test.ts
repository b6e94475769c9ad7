import { describe, expect, it } from 'vitest'
import { FORMATS } from './readers.ts'
import { linesOf, readersOf } from './targets.ts'

/** Names that have a meaning for a reader, each with a value that would change its result. */
const PLANTED: Readonly<Record<string, unknown>> = {
  id: 'another',
  refused: 'forged',
  signed: 'another',
  beganAt: 1,
  endsAt: 1,
  flash: [{ category: 'planted', message: 'planted' }],
  permanent: true,
  _permanent: true,
  _flashes: [['planted', 'planted']],
  _messages: '[["__json_message", 0, 20, "planted"]]',
  _session_expiry: 1,
  _rails: { pur: 'cookie._shop_session', exp: '2000-01-01T00:00:00.000Z' },
  pur: 'cookie._shop_session',
  exp: 1,
  message: 'e30=',
  data: { planted: true },
  flashes: { planted: 'planted' },
  discard: ['notice', 'alert'],
  createdAt: 1,
  lastSeenAt: 1,
  __ts: 1,
  iat: 1,
  zip: 'DEF',
  crit: ['exp'],
  enc: 'A256GCM',
  alg: 'dir',
  _expire: 1,
  _session: true,
  maxAge: 1,
}

/** Runs with these names on `Object.prototype`, as after a fault elsewhere in the program. */
function planted<T>(act: () => T): T {
  for (const [name, value] of Object.entries(PLANTED))
    Reflect.defineProperty(Object.prototype, name, { value, configurable: true, writable: true })
  try {
    return act()
  } finally {
    for (const name of Object.keys(PLANTED)) Reflect.deleteProperty(Object.prototype, name)
  }
}

describe('names on a polluted Object.prototype', () => {
  it.each(['npm', ...FORMATS])('do not change what a reader returns: %s', (format) => {
    const cheap = format === 'h3' ? { rounds: [1] } : {}
    for (const { values, read } of format === 'npm' ? linesOf() : readersOf(format, cheap)) {
      const before = values.map(read)
      const after = planted(() => values.map(read))
      expect(after).toEqual(before)
    }
  })
})
