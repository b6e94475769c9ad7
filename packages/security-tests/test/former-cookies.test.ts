import { createSessions, memoryStore, type SessionCookieOptions, type Sessions } from '@keepsake/core'
import { withSession } from '@keepsake/node-http'
import { IS_LONG } from '@keepsake/test-services'
import { createJar } from '@keepsake/testing'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath, requireJars } from '../src/jars.ts'
import { type Running, serve } from '../src/server.ts'

/* A deployment changes the attributes of the session cookie, while browsers still have the old cookie, or both. */

type Shop = { user: string; n: number }
type Definition = Omit<SessionCookieOptions, 'previous' | 'sameSite' | 'insecure'>

/** Names, paths, domains, and partitions, which only some jars support. */
const CHANGES: readonly (readonly [what: string, before: Definition, after: Definition])[] = [
  ['a name', { name: 'sid' }, {}],
  ['a wider path', { path: '/shop/cart' }, { path: '/shop' }],
  ['a first domain', {}, { domain: 'app.localhost' }],
  ['its domain removed', { domain: 'app.localhost' }, {}],
  ['a partition', {}, { partitioned: true }],
  ['its partition removed', { partitioned: true }, {}],
]

const secrets = ['a secret that is only for tests with 48 characters']
const MODES: readonly (readonly [string, () => Sessions<Shop>[]])[] = ['sealed', 'stored'].map((mode) => [
  mode,
  () => {
    const store = memoryStore()
    const kept = mode === 'stored' ? { store } : { revocation: 'none' as const }
    const make = (cookie: SessionCookieOptions): Sessions<Shop> =>
      createSessions({ secrets, ...kept, cookie })
    return CHANGES.flatMap(([, before, after]) => {
      // Apart from the partition, the two cookies must have the same attributes.
      const isEmbedded = before.partitioned === true || after.partitioned === true
      const common = isEmbedded ? ({ sameSite: 'none' } as const) : {}
      return [
        make({ ...common, ...before }),
        make({ ...common, ...after, previous: [before] }),
        make({ ...common, ...after }),
      ]
    })
  },
])
// A browser cannot see the content of its cookies.
const MODES_IN_BROWSER = IS_LONG ? MODES : MODES.slice(0, 1)
const sessions = MODES.flatMap(([, make]) => make())

/** The sessions, and the action of a request: `/shop/cart/7/login`. */
const DEEDS: Readonly<Record<string, (session: { user?: string; n?: number; logout(): void }) => void>> = {
  look: () => undefined,
  log: (session) => void (session.user = 'ada'),
  eve: (session) => void (session.user = 'eve'),
  count: (session) => void (session.n = (session.n ?? 0) + 1),
  out: (session) => session.logout(),
}

let running: Running
beforeAll(async () => {
  const handlers = sessions.map((one) =>
    withSession(one, (request, response, session) => {
      DEEDS[request.url?.split('/').at(-1) ?? '']?.(session)
      response.setHeader('Content-Type', 'text/plain')
      const cookies = (request.headers.cookie ?? '').match(/(?:session|sid)=/g) ?? []
      response.end(`${session.user ?? 'nobody'}, ${cookies.length} came`)
    }),
  )
  running = await serve((request, response) =>
    handlers[Number(request.url?.split('/')[3])]?.(request, response),
  )
})
afterAll(() => running.close())

const urlOf = (step: string): string =>
  `${running.origin.replace('127.0.0.1', 'app.localhost')}/shop/cart/${step}`

/** The responses to these steps, with one jar. */
type Ask = (steps: readonly string[]) => Promise<readonly string[]>

requireJars()

function testJar(ask: Ask, modes = MODES): void {
  describe.each(modes.map(([mode], index) => [mode, index] as const))('%s sessions', (_, modeIndex) => {
    it.each(CHANGES.map(([what], index) => [what, index] as const))(
      'whose cookie gets %s continue under the new cookie, end with a logout, and leave no second cookie',
      async (_what, changeIndex) => {
        const first = (modeIndex * CHANGES.length + changeIndex) * 3
        const [old, now, forgetful] = [first, first + 1, first + 2]
        const steps = [`${old}/log`, `${now}/look`, `${now}/count`, `${now}/look`, `${now}/out`]
        expect(await ask([...steps, `${now}/look`, `${old}/look`])).toEqual([
          'ada, 0 came',
          'ada, 1 came',
          'ada, 1 came',
          'ada, 1 came',
          'nobody, 1 came',
          'nobody, 0 came',
          'nobody, 0 came',
        ])
        const two = [`${old}/eve`, `${forgetful}/log`, `${now}/look`, `${now}/log`, `${now}/look`]
        expect((await ask(two)).at(-1)).toBe('ada, 1 came')
      },
    )
  })
}

describe('tough-cookie', () => {
  testJar(async (steps) => {
    const jar = createJar()
    const answers: string[] = []
    for (const step of steps) {
      // For browsers, a name of the loopback interface is as secure as `localhost`; tough-cookie does not know that.
      const url = urlOf(step).replace('http:', 'https:')
      const answer = await fetch(urlOf(step).replace('app.localhost', '127.0.0.1'), {
        headers: { cookie: jar.cookieFor(url) },
      })
      jar.take(url, answer.headers.getSetCookie())
      answers.push(await answer.text())
    }
    return answers
  })
})

describe.skipIf(chromiumPath === undefined)('Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    const args = ['--no-sandbox', '--disable-gpu']
    browser = await chromium.launch({
      args,
      ...(chromiumPath !== undefined && { executablePath: chromiumPath }),
    })
  })
  afterAll(() => browser.close())

  testJar(async (steps) => {
    const page = await browser.newPage()
    const [first = '', ...later] = steps.map(urlOf)
    const answer = await page.goto(first, { timeout: 0 })
    const answers = await page.evaluate(async (urls) => {
      const texts: string[] = []
      for (const url of urls) texts.push(await (await fetch(url)).text())
      return texts
    }, later)
    const all = [(await answer?.text()) ?? '', ...answers]
    await page.close()
    return all
  }, MODES_IN_BROWSER)
})
