import { DEMO } from 'example-shop'
import { expect, test } from 'vitest'
import { expectOnce, expectPage, expectRedirect, type HttpScene, isAtHome, userOf } from './scene.ts'

const NEW_PASSWORD = 'difference-engine'

/** The last scenario of an app, because its user has another password afterwards. */
export function passwordOverHttp({ app, visitor }: HttpScene): void {
  const { login } = userOf(app)

  test('changes the password, which logs out the other devices and a copy of the cookie, as does the logout everywhere', async () => {
    const [ada, other, thief] = [visitor(), visitor(), visitor()]
    await login(ada)
    await login(other)
    const before = ada.cookie()
    const refused = await ada.post('/password/confirm', { password: 'wrong' })
    expectPage(refused, 422)
    expect(refused.text).toContain('That is not your password.')
    expectRedirect(await ada.post('/password/confirm', { password: DEMO.password }), '/password')
    expect(ada.cookie()).not.toBe(before)
    const form = await ada.get('/password')
    expectPage(form)
    expect(form.text).toContain('New password')
    expectPage(await ada.post('/password', { password: 'short' }), 422)
    thief.bring(ada.cookies()[0]?.value ?? '')
    expect(await isAtHome(thief)).toBe(true)
    expectRedirect(await ada.post('/password', { password: NEW_PASSWORD }), '/account')
    await expectOnce(ada, '/account', 'Your password is changed')
    expect([await isAtHome(other), await isAtHome(thief)]).toEqual([false, false])

    expectRedirect(await login(other, { password: NEW_PASSWORD }), '/account')
    expectRedirect(await ada.post('/logout/everywhere'), '/')
    await expectOnce(ada, '/', 'You are logged out, here and on every other device.')
    expect([await isAtHome(ada), await isAtHome(other)]).toEqual([false, false])
  })
}
