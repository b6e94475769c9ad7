import { describe, expect, it } from 'vitest'
import { arrivalFor, arriving, sessionsWith, VECTORS, vectorNamed } from './support.ts'
import { DATA } from './vectors/vectors.ts'

const NAMES = Object.keys(VECTORS.cookies)
const MESSAGES: Readonly<Record<string, readonly object[]>> = {
  'express-session, flash': [
    { category: 'info', message: 'Saved' },
    { category: 'info', message: 'Twice' },
    { category: 'error', message: 'Not so' },
  ],
  'react-router': [{ category: 'info', message: 'Saved' }],
  'react-router, older secret': [{ category: 'info', message: 'Saved' }],
  remix: [{ category: 'info', message: 'Saved' }],
  'remix, store': [{ category: 'info', message: 'Saved' }],
}
const PERMANENT = ['permanent', 'koa-session']
const isPermanent = (name: string): boolean =>
  PERMANENT.some((word) => name.includes(word)) && name !== 'koa-session, browser'

const namesIn = (cookie: string): string[] => cookie.split('; ').map((one) => one.slice(0, one.indexOf('=')))
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_'

/** The cookie with each character replaced by another of the same alphabet, and with one more or one less at the end. */
const tampered = (cookie: string): string[] => [
  cookie.slice(0, -1),
  `${cookie}A`,
  ...Array.from(cookie).flatMap((letter, n) => {
    const at = BASE64.indexOf(letter)
    const isName = cookie.slice(0, n).lastIndexOf('; ') >= cookie.slice(0, n).lastIndexOf('=')
    return at === -1 || isName ? [] : [cookie.slice(0, n) + BASE64[(at + 1) % 64] + cookie.slice(n + 1)]
  }),
]

describe.each(NAMES)('a session of %s', (name) => {
  const { cookie } = vectorNamed(name)

  it('arrives with all its data, and its cookies are deleted', async () => {
    const sessions = sessionsWith([arrivalFor(name)])
    const { subject, data, permanent, flash, told, lines } = await arriving(sessions, `a=b; ${cookie}`)
    expect({ subject, data, permanent, flash, told }).toEqual({
      subject: 'ada',
      data: DATA,
      permanent: isPermanent(name),
      flash: MESSAGES[name] ?? [],
      told: ['arrived'],
    })
    const [own, ...leaving] = lines
    expect(own).toMatch(/^__Host-session=/)
    expect(leaving.map((line) => line.slice(0, line.indexOf('=')))).toEqual(namesIn(cookie))
    for (const line of leaving) expect(line).toContain('=; Path=/; Max-Age=0')
  })

  it('is rejected if any character of its cookie is changed', async () => {
    const sessions = sessionsWith([arrivalFor(name)])
    for (const other of tampered(cookie)) {
      const { subject, told } = await arriving(sessions, other)
      expect({ other, subject, told }).toEqual({
        other,
        subject: undefined,
        told: [expect.stringMatching(/^(forged|malformed)$/)],
      })
    }
  })

  it('is rejected if it was signed with another secret', async () => {
    const sessions = sessionsWith([arrivalFor(name, { secrets: ['another one'] })])
    expect((await arriving(sessions, cookie)).told).toEqual(['forged'])
  })

  it('does not arrive twice in another spelling', async () => {
    const sessions = sessionsWith([arrivalFor(name)])
    const { lines } = await arriving(sessions, cookie)
    const own = lines[0]?.split(';')[0] ?? ''
    const visit = await sessions.open(own)
    visit.session.logout()
    await visit.close()
    const encoded = cookie.replaceAll(
      /[A-Za-z](?=[^=;]*(?:;|$))/g,
      (letter) => `%${letter.charCodeAt(0).toString(16)}`,
    )
    const spellings = [cookie, encoded, cookie.replaceAll('%2B', '%2b'), `${cookie}=`, `${cookie}%3D`]
    for (const spelling of spellings) {
      const { subject, told } = await arriving(sessions, spelling)
      expect([subject, told]).toEqual([undefined, [expect.stringMatching(/^(ended|forged|malformed)$/)]])
    }
  })

  it('is tried with each of several arrivals in turn', async () => {
    const arrivals = [arrivalFor(name, { secrets: ['another one'] }), arrivalFor(name)]
    const { subject, told } = await arriving(sessionsWith(arrivals), cookie)
    expect([subject, told]).toEqual(['ada', ['forged', 'arrived']])
  })

  it('can also become a sealed session', async () => {
    const sessions = sessionsWith([arrivalFor(name)], { store: undefined, revocation: 'none' })
    const first = await arriving(sessions, cookie)
    expect(first.subject).toBe('ada')
    const own = first.lines[0]?.split(';')[0] ?? ''
    const { subject, data, told } = await arriving(sessions, own)
    expect({ subject, data, told }).toEqual({ subject: 'ada', data: DATA, told: [] })
  })
})

describe('a foreign session that has ended', () => {
  it.each(['express-session, permanent', '@fastify/session, permanent', 'koa-session', 'koa-session, store'])(
    'does not arrive after its expiry: %s',
    async (name) => {
      const clock = { at: VECTORS.madeAt + 86_402 }
      const sessions = sessionsWith([arrivalFor(name)], {}, clock)
      expect((await arriving(sessions, vectorNamed(name).cookie)).told).toEqual(['expired'])
    },
  )

  it.each(NAMES.filter((name) => vectorNamed(name).records !== undefined))(
    'does not arrive without its record: %s',
    async (name) => {
      const { cookie } = vectorNamed(name)
      const sessions = sessionsWith([arrivalFor(name, { records: {} })])
      expect((await arriving(sessions, cookie)).told).toEqual(['unknown'])
    },
  )
})
