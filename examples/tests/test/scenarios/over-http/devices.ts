import { expect, test } from 'vitest'
import type { Page } from '../../http-visitor.ts'
import { expectOnce, expectPage, expectRedirect, type HttpScene, isAtHome, userOf } from './scene.ts'

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36'
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0'

/** The names of the devices on a page, in their order. */
const namesOn = ({ text }: Page): readonly string[] =>
  [...text.matchAll(/<li class="card device">\s*<h2>([^]*?)<\/h2>/g)].map(([, name = '']) =>
    name
      .replaceAll(/<[^>]*>|\s+/g, ' ')
      .replaceAll(/ +/g, ' ')
      .trim(),
  )

export function devicesOverHttp({ place, app, visitor }: HttpScene): void {
  const { login } = userOf(app)
  const isSealed = place.store === 'cookie'

  test('lets a device log out the others, which notice it, and which are listed if sessions are in a store', async () => {
    const [ada, other] = [visitor(CHROME), visitor(FIREFOX)]
    await login(ada)
    const remembered = await login(other, { remember: 'yes' })
    expect(remembered.setCookie.join()).toMatch(/; Max-Age=\d+/i)
    const stream = await other.open('/live')
    expect(stream.headers.get('Content-Type')).toBe('text/event-stream; charset=utf-8')
    expect(stream.headers.get('Cache-Control')).toBe('no-store, no-transform')
    expect(await stream.next()).toBe('retry: 250\n\n')

    const list = await ada.get('/devices')
    expectPage(list)
    expect(namesOn(list)).toEqual(['Chrome on Linux this device', ...(isSealed ? [] : ['Firefox on Linux'])])
    expect(list.text.includes('there is no list of sessions')).toBe(isSealed)
    const [, handle = ''] = /name="handle" value="([^"]*)"/.exec(list.text) ?? []
    expectRedirect(await ada.post('/devices/revoke', { handle }), '/devices')
    const revoked = isSealed ? 'That device is no longer logged in.' : 'That device is logged out.'
    await expectOnce(ada, '/devices', revoked)
    expect(await isAtHome(other)).toBe(isSealed)
    if (!isSealed) await login(other)
    expectRedirect(await ada.post('/devices/revoke-others'), '/devices')
    await expectOnce(ada, '/devices', `${isSealed ? 'Every' : 'One'} other device is logged out.`)

    expect(await stream.next()).toBe(undefined)
    expect((await other.get('/live')).text).toContain('event: ended')
    expect([await isAtHome(ada), await isAtHome(other)]).toEqual([true, false])
  })
}
