import { memoryStore } from '@keepsake/core'
import { expect, it } from 'vitest'
import type { Answer } from '../wire.ts'
import type { Client, RequestOptions } from '../client.ts'
import { comparable, type Routes, type Stage } from '../stage.ts'

const routes: Routes = {
  '/save': ({ session, redirect }) => {
    session.flash('info', 'Saved')
    return redirect('/page')
  },
  '/page': ({ session, send }) => send(session.flash('info').join()),
}

/** Lets nobody go on before so many have come; whoever comes later goes on at once. */
function createMeeting(size: number): () => Promise<void> {
  const all = Promise.withResolvers<void>()
  let missing = size
  return () => {
    missing--
    if (missing === 0) all.resolve()
    return all.promise
  }
}

/** Requests a page as a browser does, which follows a redirect. */
async function visit(client: Client, url: string, options: RequestOptions = {}): Promise<Answer[]> {
  const { pathname, search } = new URL(url)
  const answer = await client.request(pathname + search, options)
  const [location] = answer.values('location')
  if (location === undefined) return [answer]
  return [answer, ...(await visit(client, new URL(location, url).href, options))]
}

/** Two requests of one visitor, who has one message waiting, that have both taken it before either is saved. */
async function meet({ serve, createSessions }: Stage, data: object, options: RequestOptions = {}) {
  const meeting = createMeeting(2)
  const sessions = createSessions({ store: memoryStore() })
  const { client, visitor, origin } = await serve(
    {
      '/save': ({ session, send }) => {
        Object.assign(session, data)
        session.flash('info', 'Saved')
        return send('')
      },
      '/page': async ({ session, response, send }) => {
        response.setHeader('X-Handler', 'yes')
        const messages = session.flash('info')
        await meeting()
        return send(`[${messages.join()}]`)
      },
    },
    sessions,
  )
  await client.request('/save')
  const url = `${origin}/page?a=1&b=%2F%3F`
  const visits = [client, visitor({ jar: client.jar })].map((each) => visit(each, url, options))
  return { visits: await Promise.all(visits), client }
}

const statuses = (visits: readonly (readonly Answer[])[]): number[] =>
  visits
    .flat()
    .map(({ status }) => status)
    .toSorted((a, b) => a - b)

export function flashScenarios(stage: Stage): void {
  const { serve, createSessions, fields } = stage

  it.each(['sealed', 'stored'])('shows a message on the next page, and on no other: %s', async (place) => {
    const sessions = createSessions(place === 'stored' ? { store: memoryStore() } : {})
    const { client, origin } = await serve(routes, sessions)
    const [, shown] = await visit(client, `${origin}/save`)
    expect(shown?.text).toBe('Saved')
    expect((await client.request('/page')).text).toBe('')
    expect(client.jar.cookieFor(origin)).toBe('')
  })

  it.each([
    ['the message is all that the session holds', {}],
    ['the session holds more', { name: 'Ada' }],
  ])('shows it once to two requests at once, and to both a page, where %s', async (_, data) => {
    const { visits } = await meet(stage, data)
    expect(visits.map((answers) => answers.at(-1)?.status)).toEqual([200, 200])
    const texts = visits.map((answers) => answers.at(-1)?.text)
    expect(new Set(texts)).toEqual(new Set(['[Saved]', '[]']))
    const repeated = visits.find((answers) => answers.length > 1)
    expect(statuses(visits)).toEqual([200, 200, 307])
    const again = repeated?.[0]
    expect(again && comparable(again)).toEqual(
      fields(['Location', './page?a=1&b=%2F%3F'], ['Cache-Control', 'no-store']),
    )
    expect(again?.text).toBe('')
  })

  it('sends a HEAD to the same page again, too', async () => {
    const { visits } = await meet(stage, { name: 'Ada' }, { method: 'HEAD' })
    expect(statuses(visits)).toEqual([200, 200, 307])
  })

  it('refuses any other request that has taken what another has shown, in the way of the framework', async () => {
    const { visits, client } = await meet(stage, { name: 'Ada' }, { method: 'POST' })
    const answers = visits.flat().toSorted((a, b) => a.status - b.status)
    expect(answers.map(({ text }) => text.includes('[Saved]'))).toEqual([true, false])
    expect([409, 500]).toContain(answers[1]?.status)
    expect(answers[1]?.values('x-handler')).toEqual([])
    expect((await client.request('/page')).text).toBe('[]')
  })
}
