import { describe, expect, it } from 'vitest'
import { useKeepsake } from '../src/index.ts'
import { type Account, APPS, MODES, serve, type Wired } from './apps.ts'

const WIRINGS: Readonly<Record<string, (passport: Wired) => void>> = {
  'by itself': () => undefined,
  'with useKeepsake': (passport) => useKeepsake(passport, { subject: ({ id }: Account) => id }),
}

const cases = Object.entries(APPS).flatMap(([app, create]) =>
  Object.entries(MODES).flatMap(([mode, sessionsOf]) =>
    Object.entries(WIRINGS).flatMap(([wiring, wire]) =>
      [false, true].map((keepSessionInfo) => ({
        app,
        create,
        mode,
        sessionsOf,
        wiring,
        wire,
        keepSessionInfo,
      })),
    ),
  ),
)

describe.each(cases)(
  'Passport $wiring in $app, of a session $mode, with keepSessionInfo $keepSessionInfo',
  ({ create, sessionsOf, wire, wiring, keepSessionInfo }) => {
    const start = () => serve(create({ sessions: sessionsOf(), keepSessionInfo, wire }))

    it('logs in, stays logged in, and logs out', async () => {
      const visitor = (await start())()
      expect(await visitor.login('ada')).toBe('in')
      expect((await visitor.look()).user).toEqual({ id: 'ada' })
      expect((await visitor.look()).user).toEqual({ id: 'ada' })
      expect(await visitor.get('/logout')).toBe('out')
      expect((await visitor.look()).user).toBeUndefined()
    })

    it('rejects a wrong password', async () => {
      const visitor = (await start())()
      expect(await visitor.get('/login?username=ada&password=wrong')).toBe('Unauthorized')
      expect((await visitor.look()).user).toBeUndefined()
    })

    it('shows no user the previous user’s data', async () => {
      const visitor = (await start())()
      await visitor.login('ada')
      await visitor.get('/write?address=of+ada')
      expect((await visitor.look()).data).toMatchObject({ address: 'of ada' })
      await visitor.get('/logout')
      expect((await visitor.look()).data).toEqual({})
      await visitor.login('bob')
      expect(await visitor.look()).toMatchObject({ user: { id: 'bob' }, data: { passport: { user: 'bob' } } })
      expect((await visitor.look()).data).not.toHaveProperty('address')
    })

    it('keeps data at a logout with keepSessionInfo only without useKeepsake', async () => {
      const visitor = (await start())()
      await visitor.login('ada')
      await visitor.get('/write?theme=dark')
      expect(await visitor.get('/logout?keep')).toBe('out')
      const { user, data } = await visitor.look()
      expect([user, data['theme']]).toEqual([undefined, wiring === 'by itself' ? 'dark' : undefined])
    })

    it('gives a login a new cookie, and keeps earlier data only with keepSessionInfo', async () => {
      const newVisitor = await start()
      const mallory = newVisitor()
      await mallory.get('/write?planted=by+mallory')
      const { id } = await mallory.look()
      const planted = mallory.jar.cookieFor('http://127.0.0.1/')
      const ada = newVisitor()
      const login = await ada.request('/login?username=ada&password=right', { headers: { Cookie: planted } })
      expect([login.text, login.values('set-cookie').length]).toEqual(['in', 1])
      const hers = await ada.look()
      expect(hers).toMatchObject({ user: { id: 'ada' } })
      expect(hers.id).not.toBe(id)
      expect(hers.data['planted']).toBe(keepSessionInfo ? 'by mallory' : undefined)
      const his = await mallory.look()
      expect([his.user, his.subject]).toEqual([undefined, undefined])
    })
  },
)

const inExpress = cases.filter(({ app }) => app !== 'Koa')

describe.each(inExpress)(
  'Passport $wiring in $app, of a session $mode, with keepSessionInfo $keepSessionInfo',
  ({ create, sessionsOf, wire, keepSessionInfo }) => {
    it('shows its messages on the next page, once', async () => {
      const visitor = (await serve(create({ sessions: sessionsOf(), keepSessionInfo, wire })))()
      await visitor.get('/greeted?username=ada&password=wrong')
      expect(await visitor.get('/messages')).toBe('{"error":["No"]}')
      await visitor.get('/greeted?username=ada&password=right')
      expect(await visitor.get('/messages')).toBe('{"success":["Welcome"]}')
      expect(await visitor.get('/messages')).toBe('{}')
    })
  },
)
