import { DEMO } from 'example-shop'
import { expect, test } from 'vitest'
import { oldLogin } from '../../old-login.ts'
import { expectRedirect, type HttpScene } from './scene.ts'

/** In seconds. */
const MINUTE = 60

/** Logins of a while ago, which the test seals with the app’s secret. */
export function sealedOverHttp({ secret, visitor }: HttpScene): void {
  test('asks for the password before it changes it if the login was long ago', async () => {
    const ada = visitor()
    ada.bring(await oldLogin(secret(), DEMO.username, 11))
    expect((await ada.get('/password')).text).toContain('Is it you?')
    expectRedirect(await ada.post('/password', { password: 'a-new-password' }), '/password')
    await ada.post('/password/confirm', { password: DEMO.password })
    expect((await ada.get('/password')).text).toContain('New password')
  })

  test('extends a session with a page, and with neither the live stream nor a question for its status', async () => {
    const ada = visitor()
    ada.bring(await oldLogin(secret(), DEMO.username, 40))
    const stream = await ada.open('/live')
    expect(await stream.next()).toBe('retry: 250\n\n')
    expect(stream.setCookie).toEqual([])
    const status = await ada.get('/session')
    const { state, expiresIn } = JSON.parse(status.text) as { state: string; expiresIn: number }
    expect(state).toBe('user')
    expect(expiresIn).toBeLessThanOrEqual(20 * MINUTE)
    expect([status.setCookie, status.headers.get('Cache-Control')]).toEqual([[], 'no-store'])
    expect((await ada.get('/account')).setCookie).toHaveLength(1)
    await ada.post('/logout')
    expect(await stream.next()).toBe(undefined)
  })
}
