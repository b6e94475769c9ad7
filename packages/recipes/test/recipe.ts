import type { Client } from '@keepsake/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, build, type Mode, type Running, start } from './application.ts'

/** All applications have the same pages. */
export interface Recipe extends Application {
  /** The framework's package. */
  readonly framework: string
  /** The URL for the form of the first page. */
  readonly form: string
}

type Answer = Awaited<ReturnType<Client['request']>>

const MODES: readonly Mode[] = ['cookie', 'store']

/** The text of a page's paragraph, without the framework's markers. */
export const shown = ({ text }: Answer): string | undefined =>
  /<p[^>]*>(.*?)<\/p>/s.exec(text)?.[1]?.replaceAll(/<!--.*?-->/g, '')

export const cookiesOf = (answer: Answer): string[] =>
  answer.values('set-cookie').map((line) => line.split('=')[0] ?? '')

/** Additional tests for one framework. */
export type Own = (running: Running) => Promise<void>

/** Builds the application, and tests what every recipe must do. */
export function recipeSuite(recipe: Recipe, own: Readonly<Record<string, Own>>): void {
  beforeAll(() => build(recipe))

  describe.each(MODES)(`${recipe.framework}, built for production, in %s mode`, (mode) => {
    let running: Running
    beforeAll(async () => void (running = await start(recipe, mode)))
    afterAll(async () => void (await running.stop()))

    it('counts the visits of each visitor', async () => {
      const { client } = running.visit()
      expect(shown(await client.request('/'))).toBe('visit 1, note none')
      expect(shown(await client.request('/'))).toBe('visit 2, note none')
    })

    it('saves a change by a form before it redirects', async () => {
      const { client, submit } = running.visit()
      const answer = await submit(recipe.form, 'note=hello')
      expect(answer.values('location')).toEqual(['/'])
      expect(cookiesOf(answer)).toEqual(['__Host-session'])
      expect(shown(await client.request('/'))).toBe('visit 1, note hello')
    })

    it('sets a new cookie at login, and deletes it at logout', async () => {
      const { client, submit } = running.visit()
      await client.request('/')
      const before = client.jar.cookieFor('https://127.0.0.1/')
      expect(cookiesOf(await submit('/login', 'user=ada'))).toEqual(['__Host-session'])
      expect(client.jar.cookieFor('https://127.0.0.1/')).not.toBe(before)
      expect(shown(await client.request('/login'))).toBe('you are ada')
      const [line] = (await submit('/login', 'leave=yes')).values('set-cookie')
      expect(line).toMatch(/^__Host-session=;.* Max-Age=0/)
      expect(shown(await client.request('/login'))).toBe('you are nobody')
    })

    it('refuses a form from another site, and changes nothing', async () => {
      const { client, submit } = running.visit()
      const answer = await submit('/login', 'user=eve', { Origin: 'https://evil.example' })
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(404)
      expect(shown(await client.request('/login'))).toBe('you are nobody')
    })

    it('saves a change that a page made before it throws, and shows the error page', async () => {
      const { client } = running.visit()
      const broken = await client.request('/broken')
      expect(broken.status).toBe(500)
      expect(broken.text).toContain('Something broke')
      expect(cookiesOf(broken)).toEqual(['__Host-session'])
      expect(shown(await client.request('/'))).toBe('visit 1, note kept')
    })

    it('sends the application’s own cookie beside the session’s', async () => {
      const { client } = running.visit()
      expect(cookiesOf(await client.request('/theme')).toSorted()).toEqual(['__Host-session', 'theme'])
    })

    it('forbids caches to store a response with the session’s cookie, whatever the page allows', async () => {
      const { client } = running.visit()
      const answer = await client.request('/')
      expect(answer.values('cache-control')).toEqual(['no-store'])
      expect(answer.values('vary').join()).toContain('Cookie')
    })

    it('does not change the response of a page that has not read the session', async () => {
      const { client } = running.visit()
      await client.request('/')
      const answer = await client.request('/plain')
      expect(answer.values('cache-control')).toEqual(['public, max-age=60'])
      expect(answer.values('vary').join()).not.toContain('Cookie')
      expect(cookiesOf(answer)).toEqual([])
    })

    it('answers 500 without the page’s headers if the session is too large', async () => {
      const { client } = running.visit()
      const answer = await client.request('/spoil')
      expect([answer.status, answer.text]).toEqual([500, 'Internal Server Error'])
      expect(answer.values('x-page')).toEqual([])
      expect(shown(await client.request('/'))).toBe('visit 1, note none')
    })

    it.each(Object.entries(own))('%s', (_, test) => test(running))
  })

  it(`${recipe.framework}, built for production, answers 503 without the page’s headers if the store fails, and prints the error`, async () => {
    const running = await start(recipe, 'failing store')
    const { client } = running.visit()
    const answer = await client.request('/theme')
    expect([answer.status, answer.text]).toEqual([503, 'Service Unavailable'])
    expect(answer.values('x-page')).toEqual([])
    expect(cookiesOf(answer)).not.toContain('__Host-session')
    expect((await client.request('/plain')).status).toBe(200)
    expect(await running.stop()).toContain('StoreError')
  })
}
