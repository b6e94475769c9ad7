import { describe, expect, it } from 'vitest'
import { judgeDevice, type Shown } from '../../src/device/judge.ts'
import { bindingOf } from '../../src/record/binding.ts'

const NOW = 1_800_000_000

interface Case {
  readonly subject?: string | undefined
  /** Seconds since the login. */
  readonly age?: number
  /** Seconds since it was bound; undefined: it is not. */
  readonly bound?: number
  readonly shown?: Shown
  readonly isRequired?: boolean
}

const judge = ({ subject = 'ada', age = 1000, bound, shown = 'none', isRequired = false }: Case): string =>
  judgeDevice(
    {
      subject,
      created: NOW - age,
      binding: bound === undefined ? undefined : bindingOf({ key: 'e.x.y', at: NOW - bound }),
    },
    () => shown,
    isRequired,
    NOW,
  )

describe('a session with the option deviceBound', () => {
  it.each<[string, Case, string]>([
    ['that is not bound is free', {}, 'free'],
    ['that has to be bound is free for two minutes', { isRequired: true, age: 120 }, 'free'],
    [
      'that has to be bound is unregistered after two minutes',
      { isRequired: true, age: 121 },
      'unregistered',
    ],
    ['with a valid device cookie is bound', { bound: 1000, shown: 'good' }, 'bound'],
    ['that was bound ten seconds ago is pending without the cookie', { bound: 10 }, 'pending'],
    ['that was bound more than ten seconds ago is unbound without the cookie', { bound: 11 }, 'unbound'],
    [
      'with a cookie that expired up to a minute ago is unbound',
      { bound: 1000, shown: { over: NOW - 60 } },
      'unbound',
    ],
    [
      'with a cookie that expired more than a minute ago counts as copied',
      { bound: 1000, shown: { over: NOW - 61 } },
      'copied',
    ],
    ['that was bound by a clock that is ahead is pending', { bound: -5 }, 'pending'],
  ])('%s', (_, one, verdict) => {
    expect(judge(one)).toBe(verdict)
  })

  it('of an anonymous visitor is free, even if logins have to be bound', () => {
    const session = { subject: undefined, created: 0, binding: undefined }
    expect(judgeDevice(session, () => 'none', true, NOW)).toBe('free')
  })
})
