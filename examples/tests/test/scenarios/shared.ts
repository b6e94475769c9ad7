import { createJar } from '@keepsake/testing'
import { DEMO } from 'example-shop'
import { expect, test } from 'vitest'
import { type App, type Place, SHARING_APPS } from '../apps.ts'
import { createHttpVisitor, type HttpVisitor } from '../http-visitor.ts'
import type { Server } from '../server.ts'

const TITLES = ['Walden', 'Dracula', 'Jane Eyre', 'Frankenstein']

async function booksOf(visitor: HttpVisitor): Promise<readonly string[]> {
  const { text } = await visitor.get('/cart')
  return TITLES.filter((title) => text.includes(title))
}

/** Tests of three processes with three frameworks that share sessions. */
export function sharedScenarios({ store }: Place, serverOf: (app: App) => Server): void {
  /** One visitor, with a client for each process. */
  const visitors = (jar = createJar()): readonly [HttpVisitor, HttpVisitor, HttpVisitor] => {
    const [express, koa, node] = SHARING_APPS
    const at = (app: App): HttpVisitor => createHttpVisitor(serverOf(app).url, { jar })
    return [at(express), at(koa), at(node)]
  }
  test('a session is the same in every framework, and its logout in one ends copies of its cookie in all', async () => {
    const jar = createJar()
    const [express, koa, node] = visitors(jar)
    await express.post('/cart/add', { sku: 'walden' })
    await koa.post('/cart/add', { sku: 'dracula' })
    await koa.post('/login', { username: DEMO.username, password: DEMO.password })
    expect(await booksOf(node)).toEqual(['Walden', 'Dracula'])
    expect((await node.get('/account')).status).toBe(200)
    const thieves = visitors(jar.copy())
    await node.post('/logout')
    for (const one of [express, ...thieves]) expect((await one.get('/account')).location).toBe('/login')
  })

  // In cookie mode, the last response to arrive wins.
  if (store !== 'cookie')
    test('concurrent writes of one session by several processes are all kept', async () => {
      const [express, koa, node] = visitors()
      await express.post('/cart/add', { sku: 'frankenstein' })
      await Promise.all([
        express.post('/cart/add', { sku: 'walden' }),
        koa.post('/cart/add', { sku: 'dracula' }),
        node.post('/cart/add', { sku: 'jane-eyre' }),
      ])
      expect(await booksOf(node)).toEqual(TITLES)
    })
}
