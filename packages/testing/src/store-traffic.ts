import { describe, expect, it } from 'vitest'
import { look, newSecret, openShop, visit } from './store-requests.ts'
import { PATIENCE_MS, type Stages } from './store-stage.ts'

const REQUESTS = 200

/** Many simultaneous requests of one visitor, in two processes of one application. */
export function testTraffic(stage: Stages): void {
  describe(`${REQUESTS} simultaneous requests to one session`, { timeout: PATIENCE_MS }, () => {
    it('lose no item if each adds a different one to the cart', async () => {
      const { cookie, request, first } = await openTwice(stage)
      await Promise.all(
        Array.from({ length: REQUESTS }, (_, n) =>
          request(n, cookie, (session) => (session.items ??= []).push(`item ${n}`)),
        ),
      )
      const items = (await look(first, cookie))?.items
      expect(items).toHaveLength(REQUESTS)
      expect(new Set(items).size).toBe(REQUESTS)
    })

    it('lose no item if each adds the same one to the cart', async () => {
      const { cookie, request, first } = await openTwice(stage)
      await Promise.all(
        Array.from({ length: REQUESTS }, (_, n) =>
          request(n, cookie, (session) => (session.items ??= []).push('the same')),
        ),
      )
      expect((await look(first, cookie))?.items).toHaveLength(REQUESTS)
    })

    it('are all counted if each uses session.update', async () => {
      const { cookie, request, first } = await openTwice(stage)
      await Promise.all(
        Array.from({ length: REQUESTS }, (_, n) =>
          request(n, cookie, (session) =>
            session.update((data) => {
              data.count = (data.count ?? 0) + 1
            }),
          ),
        ),
      )
      expect((await look(first, cookie))?.count).toBe(REQUESTS)
    })
  })
}

async function openTwice(stage: Stages) {
  const { store, other, clock } = await stage()
  const secret = newSecret()
  const [first, second] = [openShop(store, secret, clock.now), openShop(other, secret, clock.now)]
  const cookie = (await visit(first, undefined, (session) => (session.note = 'begun'))) ?? ''
  const request = (n: number, ...rest: Parameters<typeof visit> extends [unknown, ...infer R] ? R : never) =>
    visit(n % 2 === 0 ? first : second, ...rest)
  return { cookie, request, first }
}
