import { type Session, SessionGoneError, type Sessions } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { begin, type Cart, look, newSecret, openShop, visit } from './store-requests.ts'
import { PATIENCE_MS, type Stages } from './store-stage.ts'

type Change = (session: Session<Cart>) => void

const RENEWALS: Readonly<Record<string, Change>> = {
  regenerate: (session) => session.regenerate(),
  'a second login of the same user': (session) => session.login('alice'),
}

/** A session in two processes that gets a new cookie while requests with the old one are running. */
export function testRenewals(stage: Stages): void {
  async function openBoth(): Promise<[Sessions<Cart>, Sessions<Cart>]> {
    const { store, other, clock } = await stage()
    const secret = newSecret()
    return [openShop(store, secret, clock.now), openShop(other, secret, clock.now)]
  }

  describe('a session that gets a new cookie', { timeout: PATIENCE_MS }, () => {
    it('keeps what parallel requests write before and after its regenerate, and only the new cookie opens it', async () => {
      const [first, second] = await openBoth()
      const cookie = await bought(first)
      const [early, late, renewing] = [
        await begin(second, cookie),
        await begin(second, cookie),
        await begin(first, cookie),
      ]
      early.session.items?.push('before')
      late.session.items?.push('after')
      renewing.session.regenerate()
      await early.close()
      const next = await renewing.close()
      expect(next).not.toBe(cookie)
      // A request with the old cookie does not change the browser's cookie.
      expect(await late.close()).toBe(cookie)
      expect(await look(second, next)).toEqual({ items: ['book', 'before', 'after'] })
      expect(await look(second, cookie)).toBeUndefined()
    })

    it('gets it from only one of two parallel regenerates, and keeps the writes of both', async () => {
      const [first, second] = await openBoth()
      const cookie = await bought(first)
      const both = [await begin(first, cookie), await begin(second, cookie)]
      for (const [n, { session }] of both.entries()) {
        session.items?.push(`item ${n}`)
        session.regenerate()
      }
      const cookies = [await both[0]?.close(), await both[1]?.close()]
      const [next = '', ...others] = cookies.filter((after) => after !== cookie)
      expect(others).toEqual([])
      expect(await look(first, next)).toEqual({ items: ['book', 'item 0', 'item 1'] })
    })

    it('is not changed by a late request with the cookie from before its login, which sets no cookie', async () => {
      const [first, second] = await openBoth()
      const cookie = await bought(first)
      const next =
        (await visit(first, cookie, (session) => session.login('alice', { keep: ['items'] }))) ?? ''
      const late = await begin(second, cookie)
      expect(late.session.explain().opened).toBe('superseded')
      late.session.items = ['late']
      await expect(late.session.save()).rejects.toBeInstanceOf(SessionGoneError)
      expect(await late.close()).toBe(cookie)
      expect(await look(second, next)).toEqual({ items: ['book'] })
    })

    it.each(Object.entries(RENEWALS))(
      'stays logged in after a logout with the cookie from before %s, which fails with a SessionGoneError',
      async (_, renew) => {
        const [first, second] = await openBoth()
        const cookie = (await visit(first, undefined, (session) => session.login('alice'))) ?? ''
        const next = (await visit(first, cookie, renew)) ?? ''
        const late = await begin(second, cookie)
        late.session.logout()
        await expect(late.close()).rejects.toBeInstanceOf(SessionGoneError)
        expect(await look(second, next)).toEqual({})
      },
    )

    it('gives each of two simultaneous logins a cookie that opens its session', async () => {
      const [first, second] = await openBoth()
      const cookie = await bought(first)
      const both = [await begin(first, cookie), await begin(second, cookie)]
      for (const { session } of both) session.login('alice', { keep: ['items'] })
      for (const { close } of both) expect(await look(second, await close())).toEqual({ items: ['book'] })
      expect(await look(second, cookie)).toBeUndefined()
    })
  })
}

async function bought(sessions: Sessions<Cart>): Promise<string> {
  return (await visit(sessions, undefined, (session) => (session.items = ['book']))) ?? ''
}
