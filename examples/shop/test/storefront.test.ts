import { createSessions, memoryStore } from '@keepsake/core'
import { expect, test } from 'vitest'
import type { ShopSession } from '../src/session.ts'
import { createStorefront, type Visitor } from '../src/storefront.ts'

const sessions = createSessions<ShopSession>({ secrets: ['pV3xkQ7mT1zL9wR5yB2nC8dF4gH6jK0s'] })
const shop = createStorefront({ sessions, framework: 'Express', scope: 'login' })

async function visitor(cookie?: string): Promise<Visitor> {
  const { session } = await sessions.open(cookie)
  return { session, headers: { cookie } }
}

test('the panel tells a visitor without a session that no cookie was received or will be sent', async () => {
  const page = shop.catalogue(await visitor())
  expect(page).toContain('no_cookie')
  expect(page).toContain('no Set-Cookie')
})

test('the panel announces what closing does, without creating a token', async () => {
  const visit = await visitor()
  visit.session.cart = [{ sku: 'walden', qty: 1 }]
  expect(shop.cart(visit)).toContain('__Host-session=…; Path=/; Secure; HttpOnly; SameSite=Lax</p>')
  visit.session.permanent = true
  // 31 days, minus the time since the visit started.
  expect(shop.cart(visit)).toMatch(/Max-Age=267(?:8400|83\d\d)/)
})

test('the panel announces the deletion of an unusable cookie', async () => {
  expect(shop.cart(await visitor('__Host-session=junk'))).toContain('__Host-session=; Path=/')
})

test('rendering a page changes nothing in the session', async () => {
  const visit = await visitor()
  shop.catalogue(visit)
  shop.cookies(visit)
  shop.login(visit)
  shop.missing(visit)
  expect(visit.session.explain().closes).toBe('empty')
})

test('a page removes the waiting messages, and so shows them once', async () => {
  const visit = await visitor()
  visit.session.flash('done', 'You are logged out.')
  expect(shop.cart(visit)).toContain('You are logged out.')
  expect(shop.cart(visit)).not.toContain('You are logged out.')
})

test('a cookie that was received twice is listed twice', async () => {
  expect(shop.cookies(await visitor('a=one; a=two'))).toMatch(/one[^]*two/)
})

test.each(['cookie', 'store'] as const)(
  'the panel announces a Set-Cookie exactly if closing sends one, in %s mode',
  async (where) => {
    const store = where === 'store' ? memoryStore() : undefined
    let now = Date.now()
    const sessions = createSessions<ShopSession>({
      secrets: ['pV3xkQ7mT1zL9wR5yB2nC8dF4gH6jK0s'],
      store,
      now: () => now,
    })
    const shop = createStorefront({ sessions, framework: 'Express', scope: 'login' })
    let cookie: string | undefined
    const steps: ((session: Visitor['session']) => void)[] = [
      () => undefined,
      (session) => (session.cart = [{ sku: 'walden', qty: 1 }]),
      () => undefined,
      (session) => (session.visits = 2),
      () => (now += 1_800_000),
      (session) => session.regenerate(),
      (session) => session.login('ada', { keep: ['cart'] }),
      (session) => session.logout(),
    ]
    for (const step of steps) {
      const visit = await sessions.open(cookie)
      step(visit.session)
      const page = shop.cart({ session: visit.session, headers: { cookie } })
      const line = (await visit.close()).find(([name]) => name === 'Set-Cookie')?.[1]
      expect(page.includes('no Set-Cookie')).toBe(line === undefined)
      const [pair = '', ...attributes] = line?.split('; ') ?? []
      if (line !== undefined) expect(page).toContain(`; ${attributes.join('; ')}</p>`)
      if (line !== undefined) cookie = pair
    }
    await sessions.close()
  },
)

test('with overflow, the panel shows where the session is, and offers to move it', async () => {
  const sessions = createSessions<ShopSession>({
    secrets: ['pV3xkQ7mT1zL9wR5yB2nC8dF4gH6jK0s'],
    overflow: memoryStore(),
    revocation: 'none',
  })
  const shop = createStorefront({ sessions, framework: 'Express', scope: 'cart', store: 'overflow' })
  let cookie: string | undefined
  async function show(letter: string | undefined): Promise<string> {
    const visit = await sessions.open(cookie)
    visit.session.cart = [{ sku: 'walden', qty: 1 }]
    if (letter === undefined) delete visit.session.letter
    else visit.session.letter = letter
    for (const [name, value] of await visit.close())
      if (name === 'Set-Cookie') cookie = value.split(';', 1)[0]
    const { session } = await sessions.open(cookie)
    return shop.cart({ session, headers: { cookie } })
  }
  expect(await show(undefined)).toMatch(/part-tag[^]*Add a long letter/)
  expect(await show('x'.repeat(5000))).toMatch(/Random bytes[^]*Remove the letter/)
  expect(await show(undefined)).toMatch(/part-tag[^]*Add a long letter/)
})
