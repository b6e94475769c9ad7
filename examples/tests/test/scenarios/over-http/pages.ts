import { styles } from 'example-shop'
import { expect, test } from 'vitest'
import { expectAsset, expectLinks, expectPage, expectRedirect, type HttpScene } from './scene.ts'

/** A row of the cookies page. */
const rowOf = (name: string, value: string): RegExp =>
  new RegExp(`<code>${name}</code></th>\\s*<td><code>${value}</code>`)

export function pagesOverHttp({ app, visitor }: HttpScene): void {
  test('serves pages of its framework with their style, and a page for unknown paths', async () => {
    const ada = visitor()
    const home = await ada.get('/')
    expectPage(home)
    expect(home.text).toMatch(/<h1>Stories that were kept<[^]*"\/cart\/add"/)
    expect(home.text).toContain(`served by <b>${app.framework}</b>`)
    expect(home.text.includes('href="/login"')).toBe(app.name.endsWith('-login'))
    await expectLinks(ada, home)
    expect(await expectAsset(ada, '/style.css', 'text/css')).toBe(styles)
    const nowhere = await ada.get('/nowhere')
    expectPage(nowhere, 404)
    expect(nowhere.text).toContain('This page is missing')
  })

  test('sets, shows and deletes a cookie, and shows the error of an invalid one', async () => {
    const ada = visitor()
    const set = await ada.post('/cookies/set', { name: 'theme', value: 'dark', maxAge: '600' })
    expectRedirect(set, '/cookies')
    expect(set.setCookie).toEqual([expect.stringMatching(/^theme=dark;.*; Max-Age=600(?:;|$)/i)])
    const page = await ada.get('/cookies')
    expectPage(page)
    expect(page.text).toMatch(rowOf('theme', 'dark'))

    const refused = await ada.post('/cookies/set', { name: 'a b', value: 'c' })
    expectPage(refused, 422)
    expect(refused.text).toMatch(/role="alert">[^<]*cookie\.name[^]*id="value" name="value" value="c"/)
    expect(ada.cookie()).toBe('theme=dark')

    expectRedirect(await ada.post('/cookies/delete', { name: 'theme' }), '/cookies')
    expect(ada.cookie()).toBe('')
  })

  test('shows the session’s cookie on the cookies page shortened, and lets no form change it', async () => {
    const ada = visitor()
    await ada.post('/cart/add', { sku: 'walden' })
    const [{ name, value } = { name: '', value: '' }] = ada.cookies()
    const { text } = await ada.get('/cookies')
    expect(text).toMatch(rowOf(name, '[^<]+'))
    expect(text).not.toContain(value.slice(8, -8))
    const kept = ada.cookie()
    for (const path of ['/cookies/set', '/cookies/delete'])
      expectPage(await ada.post(path, { name, value: 'x' }), 422)
    expect(ada.cookie()).toContain(kept.slice(0, 20))
  })
}
