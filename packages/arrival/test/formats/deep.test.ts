import { createHash, createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { django } from '../../src/index.ts'
import { arriving, sessionsWith, UNTIL } from '../support.ts'

const KEY = 'theirs'
/** A time in September 2026, as seconds in base 62. */
const STAMP = '1xUwAM'

/** A cookie with Django's signature, and a text that Django would never write. */
function signedByDjango(text: string): string {
  const salt = 'django.contrib.sessions.backends.signed_cookies'
  const key = createHash('sha256').update(`${salt}signer${KEY}`).digest()
  const signed = `${Buffer.from(text).toString('base64url')}:${STAMP}`
  return `sessionid=${signed}:${createHmac('sha256', key).update(signed).digest('base64url')}`
}

it.each([100, 1000, 5000])(
  'a session of Django with data nested %i levels deep is rejected without an exception',
  async (levels) => {
    const cookie = signedByDjango(`{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`)
    const { subject, told } = await arriving(
      sessionsWith([django({ secretKeys: KEY, lifetime: '400d', until: UNTIL })]),
      cookie,
    )
    expect([subject, told]).toEqual([undefined, ['unkeepable']])
  },
)
