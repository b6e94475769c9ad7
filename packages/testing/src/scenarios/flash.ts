import { memoryStore } from '@keepsake/core'
import { expect, it } from 'vitest'
import type { Routes, Stage } from '../stage.ts'

const routes: Routes = {
  '/save': ({ session, redirect }) => {
    session.flash('info', 'Saved')
    return redirect('/page')
  },
  '/page': ({ session, send }) => send(session.flash('info').join()),
}

/** Blocks callers until this many have arrived; later ones continue immediately. */
function createMeeting(size: number): () => Promise<void> {
  const all = Promise.withResolvers<void>()
  let missing = size
  return () => {
    missing--
    if (missing === 0) all.resolve()
    return all.promise
  }
}

export function flashScenarios({ serve, createSessions }: Stage): void {
  it.each(['sealed', 'stored'])('shows a message on the next page, and on no other: %s', async (place) => {
    const sessions = createSessions(place === 'stored' ? { store: memoryStore() } : {})
    const { client, origin } = await serve(routes, sessions)
    expect((await client.request('/save')).values('location')).toEqual(['/page'])
    expect((await client.request('/page')).text).toBe('Saved')
    expect((await client.request('/page')).text).toBe('')
    expect(client.jar.cookieFor(origin)).toBe('')
  })

  it('shows a message on at least one of two simultaneous pages of a visitor, and on no later page', async () => {
    const meeting = createMeeting(2)
    const takingAtOnce: Routes = {
      ...routes,
      '/page': async ({ session, send }) => {
        const messages = session.flash('info')
        await meeting()
        return send(`[${messages.join()}]`)
      },
    }
    const { client, visitor } = await serve(takingAtOnce, createSessions({ store: memoryStore() }))
    await client.request('/save')
    const pages = [client, visitor({ jar: client.jar })].map((each) => each.request('/page'))
    const texts = (await Promise.all(pages)).map(({ text }) => text)
    expect(texts).toContain('[Saved]')
    expect(texts).not.toContain('[]')
    expect((await client.request('/page')).text).toBe('[]')
  })
}
