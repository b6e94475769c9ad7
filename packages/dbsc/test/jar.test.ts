import { fromJar } from '@keepsake/fetch'
import { describe, expect, it } from 'vitest'
import { MODE_NAMES, MODES } from './support/app.ts'
import { ORIGIN, setBound } from './support/stage.ts'

describe.each(MODE_NAMES)('a bound session %s, opened from a map of cookies', (mode) => {
  it('opens if the device cookie is there too, and both cookies are deleted by its logout', async () => {
    const { browser, sessions, wait } = await setBound(MODES[mode]())
    wait(11)
    const cookies = new Map(browser.jar.cookies(ORIGIN).map(({ name, value }) => [name, value]))
    const jar = {
      get: (name: string) => cookies.get(name),
      set: (name: string, value: string) =>
        void (value === '' ? cookies.delete(name) : cookies.set(name, value)),
    }
    const visit = await fromJar(sessions, jar)
    expect([visit.session.subject, visit.session.bound]).toEqual(['ada', true])
    visit.session.logout()
    await visit.close()
    expect(cookies.size).toBe(0)
  })

  it('is anonymous without the device cookie', async () => {
    const { browser, sessions, wait } = await setBound(MODES[mode]())
    wait(11)
    const [own] = browser.jar.cookies(ORIGIN)
    const get = (name: string): string | undefined => (name === own?.name ? own.value : undefined)
    const { session } = await fromJar(sessions, { get, set: () => undefined })
    expect([session.subject, session.explain().opened]).toEqual([undefined, 'unbound'])
  })
})
