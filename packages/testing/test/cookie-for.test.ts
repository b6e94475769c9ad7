import { CookieTooLargeError, createSessions, memoryStore, type Sessions } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { cookieFor } from '../src/cookie-for.ts'

interface Shop {
  cart: string[]
  name: string
}

const secrets = ['a secret that is only for tests with 48 characters']
const modes: Readonly<Record<string, (now?: () => number) => Sessions<Shop>>> = {
  sealed: (now) => createSessions<Shop>({ secrets, now }),
  stored: (now) => createSessions<Shop>({ secrets, now, store: memoryStore({ now }) }),
}

describe.each(Object.entries(modes))('cookieFor, %s', (_, create) => {
  it('returns a cookie that opens the given session', async () => {
    const sessions = create()
    const cookie = await cookieFor(sessions, { cart: ['A1'], name: 'Ada' }, { subject: 'ada' })
    expect(cookie).toMatch(/^__Host-session=[\w-]+$/)
    const { session } = await sessions.open(`theme=dark; ${cookie}`)
    expect(JSON.parse(JSON.stringify(session))).toEqual({ cart: ['A1'], name: 'Ada' })
    expect([session.subject, session.permanent]).toEqual(['ada', false])
  })

  it('can create a logged-in session without data, and a permanent one', async () => {
    const sessions = create()
    const cookie = await cookieFor(sessions, {}, { subject: 'ada', permanent: true })
    const { session } = await sessions.open(cookie)
    expect([session.subject, session.permanent, Object.keys(session)]).toEqual(['ada', true, []])
  })

  it('returns a cookie that expires by the limits of its sessions', async () => {
    let now = 1_700_000_000_000
    const sessions = create(() => now)
    const cookie = await cookieFor(sessions, { name: 'Ada' })
    now += 3_600_000
    const { session } = await sessions.open(cookie)
    expect(session.name).toBeUndefined()
  })

  it('throws for an empty session', async () => {
    await expect(cookieFor(create(), {})).rejects.toThrow(TypeError)
  })
})

it('cookieFor returns the current cookie, even if the response also deletes former definitions', async () => {
  const sessions = createSessions<Shop>({
    secrets,
    revocation: 'none',
    cookie: { previous: [{ name: 'sid' }] },
  })
  const cookie = await cookieFor(sessions, { name: 'Ada' })
  expect(cookie).toMatch(/^__Host-session=[\w-]+$/)
})

it('cookieFor rejects if the session does not fit into a cookie', async () => {
  const sessions = modes['sealed']?.()
  if (sessions === undefined) throw new Error('no such mode')
  await expect(cookieFor(sessions, { name: 'x'.repeat(5000) })).rejects.toThrow(CookieTooLargeError)
})
