import { createHmac, hkdfSync } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../src/store/memory-store.ts'
import type { Session } from '../../src/session/session.ts'
import { createCsrf } from '../../src/guard/csrf.ts'
import { keysOf } from '../modes/stored.ts'
import { secretNamed } from '../store-support.ts'
import { createBrowser, secretOf, sessionsOf, START } from '../support.ts'

const [ALICE, BOB] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2)]
const [NEW, OLD] = [secretNamed('new'), secretNamed('old')]

const csrfOf = (...given: Parameters<typeof keysOf>) => {
  const { csrfKeys, fillRandom } = keysOf(...given)
  return createCsrf(csrfKeys, fillRandom)
}

const write = (session: Session): void => void (session['n'] = 1)

describe('a token against forged requests', () => {
  it('is valid only for the id that it was made for', () => {
    const csrf = csrfOf()
    const token = csrf.tokenFor(ALICE)
    expect(token).toMatch(/^[A-Za-z0-9_-]{64}$/)
    expect(csrf.isTokenFor(ALICE, token)).toBe(true)
    expect(csrf.isTokenFor(BOB, token)).toBe(false)
  })

  it('is a different text each time', () => {
    const csrf = csrfOf()
    expect(new Set(Array.from({ length: 100 }, () => csrf.tokenFor(ALICE))).size).toBe(100)
  })

  it('is HMAC-SHA-256 of id and random part, by a separate key (R61)', () => {
    const context = Buffer.concat(
      ['cookie', 'c', ''].map((part) => Buffer.from(`\0${String.fromCharCode(part.length)}${part}`)),
    )
    const info = Buffer.concat([Buffer.from('csrf'), context])
    const key = Buffer.from(hkdfSync('sha256', OLD, 'keepsake/v1', info, 32))
    const bytes = Buffer.from(csrfOf('c', '', OLD).tokenFor(ALICE), 'base64url')
    const random = bytes.subarray(0, 16)
    const mac = createHmac('sha256', key).update(ALICE).update(random).digest()
    expect(bytes.subarray(16).equals(mac)).toBe(true)
  })

  it('made with an older secret is valid, and with a removed one invalid', () => {
    const old = csrfOf('c', '', OLD).tokenFor(ALICE)
    expect(csrfOf('c', '', NEW, OLD).isTokenFor(ALICE, old)).toBe(true)
    expect(csrfOf('c', '', NEW).isTokenFor(ALICE, old)).toBe(false)
    const fresh = csrfOf('c', '', NEW, OLD).tokenFor(ALICE)
    expect(csrfOf('c', '', NEW).isTokenFor(ALICE, fresh)).toBe(true)
  })

  it('of another cookie or audience is invalid', () => {
    const token = csrfOf('c', '', NEW).tokenFor(ALICE)
    expect(csrfOf('d', '', NEW).isTokenFor(ALICE, token)).toBe(false)
    expect(csrfOf('c', 'shop', NEW).isTokenFor(ALICE, token)).toBe(false)
  })

  it('has one spelling: every changed, missing or added character makes it invalid', () => {
    const csrf = csrfOf()
    const token = csrf.tokenFor(ALICE)
    const changed = Array.from(token, (character, at) => {
      const other = character === 'A' ? 'B' : 'A'
      return token.slice(0, at) + other + token.slice(at + 1)
    })
    const others = [token.slice(1), token.slice(0, -1), `${token}A`, `${token}=`, ` ${token}`, `${token}\n`]
    for (const other of [...changed, ...others]) expect(csrf.isTokenFor(ALICE, other)).toBe(false)
    const bytes = Buffer.from(token, 'base64url')
    expect(csrf.isTokenFor(ALICE, bytes.toString('base64'))).toBe(bytes.toString('base64') === token)
  })

  it('of any type and content is verified without throwing', () => {
    const csrf = csrfOf()
    const token = csrf.tokenFor(ALICE)
    const odd = [
      undefined,
      null,
      0,
      true,
      Symbol('x'),
      1n,
      [],
      [token],
      { toString: () => token },
      () => token,
    ]
    for (const given of [...odd, Buffer.from(token), new String(token)]) {
      expect(csrf.isTokenFor(ALICE, given)).toBe(false)
    }
    fc.assert(fc.property(fc.anything(), (given) => !csrf.isTokenFor(ALICE, given)))
  })
})

describe('the token of a session', () => {
  it('is valid in the next request, and in no other session', async () => {
    const sessions = sessionsOf()
    const [alice, bob] = [createBrowser(sessions), createBrowser(sessions)]
    await alice.visit(write)
    await bob.visit(write)
    const token = await alice.ask((session) => session.csrfToken())
    expect(await alice.ask((session) => session.verifyCsrf(token))).toBe(true)
    expect(await bob.ask((session) => session.verifyCsrf(token))).toBe(false)
    expect(await createBrowser(sessions).ask((session) => session.verifyCsrf(token))).toBe(false)
  })

  it.each<[what: string, change: (session: Session) => void]>([
    ['a login', (session) => session.login('alice', { keep: ['n'] })],
    ['a login as the same subject', (session) => session.login('alice')],
    ['a new id', (session) => session.regenerate()],
    ['a logout', (session) => session.logout()],
  ])('is invalid after %s', async (_, change) => {
    const browser = createBrowser(sessionsOf())
    await browser.visit((session) => {
      session.login('alice')
      session['n'] = 1
    })
    const token = await browser.ask((session) => session.csrfToken())
    await browser.visit((session) => {
      expect(session.verifyCsrf(token)).toBe(true)
      change(session)
      expect(session.verifyCsrf(token)).toBe(false)
    })
    expect(await browser.ask((session) => session.verifyCsrf(token))).toBe(false)
    const next = await browser.ask((session) => session.csrfToken())
    expect(next).not.toBe(token)
  })

  it('survives changes of the data, renewals and a rotation of secrets', async () => {
    const browser = createBrowser(sessionsOf())
    await browser.visit(write)
    const token = await browser.ask((session) => session.csrfToken())
    await browser.visit((session) => void (session['n'] = 2))
    const rotated = createBrowser(
      sessionsOf({ secrets: [secretOf('newer'), secretOf('the newest')] }),
      browser.cookie,
    )
    expect(await rotated.ask((session) => session.verifyCsrf(token))).toBe(true)
  })

  it.each<[what: string, begin: (session: Session) => void]>([
    ['of an anonymous visitor', write],
    ['that has a subject and no data', (session) => session.login('alice')],
  ])('causes no write to an existing session, %s', async (_, begin) => {
    const browser = createBrowser(sessionsOf())
    await browser.visit(begin)
    const headers = await browser.visit((session) => session.csrfToken())
    expect(headers).toEqual([['Vary', 'Cookie']])
  })

  const modes = [
    ['sealed', () => sessionsOf()],
    ['kept in a store', () => sessionsOf({ store: memoryStore({ now: () => START * 1000 }) })],
  ] as const

  it.each(modes)(
    'creates a session if there is none, and is valid as long as that session: %s',
    async (_, create) => {
      const browser = createBrowser(create())
      let token = ''
      await browser.visit((session) => void (token = session.csrfToken()))
      const counts = (session: Session): boolean => session.verifyCsrf(token)
      expect(await browser.visit((session) => void session.csrfToken())).toEqual([['Vary', 'Cookie']])
      expect(await browser.ask(counts)).toBe(true)
      await browser.visit(write)
      await browser.visit((session) => session.clear())
      expect(await browser.ask(counts)).toBe(true)
      expect(await browser.ask((session) => Object.keys(session))).toEqual([])
      await browser.visit((session) => session.destroy())
      expect(browser.cookie).toBeUndefined()
      expect(await browser.ask(counts)).toBe(false)
    },
  )

  it('requested after the session’s end is valid in the new session', async () => {
    const browser = createBrowser(sessionsOf())
    await browser.visit(write)
    let token = ''
    await browser.visit((session) => {
      session.logout()
      token = session.csrfToken()
    })
    expect(await browser.ask((session) => [session.verifyCsrf(token), session['n']])).toEqual([
      true,
      undefined,
    ])
  })

  it('stays valid when two requests write to its session simultaneously', async () => {
    const sessions = modes[1][1]()
    const browser = createBrowser(sessions)
    let token = ''
    await browser.visit((session) => void (token = session.csrfToken()))
    const [one, two] = [await sessions.open(browser.cookie), await sessions.open(browser.cookie)]
    one.session['one'] = 1
    two.session['two'] = 2
    await Promise.all([one.close(), two.close()])
    const seen = await browser.ask((session) => [Object.assign({}, session), session.verifyCsrf(token)])
    expect(seen).toEqual([{ one: 1, two: 2 }, true])
    await browser.visit((session) => session.clear())
    expect(await browser.ask((session) => session.verifyCsrf(token))).toBe(true)
  })
})
