import { session } from '@keepsake/koa'
import Koa, { type Middleware } from 'koa'
import { createSession } from 'koa-session'
import { SECRET } from '../data.ts'
import type { Backend } from './backends.ts'
import { koaStoreOn } from './rivals.ts'
import { answer, type Variant } from './variants.ts'

function variant(name: string, middleware?: (app: Koa) => Middleware): Variant {
  return {
    framework: 'Koa 3',
    name,
    listener(fill) {
      const app = new Koa()
      app.keys = [SECRET]
      if (middleware !== undefined) app.use(middleware(app))
      app.use((ctx) => {
        ctx.body = answer(ctx.path, ctx, fill)
      })
      const handle = app.callback()
      return (request, response) => void handle(request, response)
    },
  }
}

const koaSession =
  (options: object) =>
  (app: Koa): Middleware =>
    createSession(options, app)

export const koaVariants = (backends: readonly Backend[]): readonly Variant[] => [
  variant('bare'),
  variant('keepsake, sealed', () => session({ secrets: [SECRET], revocation: 'none' })),
  ...backends.map(({ name, own }) =>
    variant(`keepsake, ${name}`, () => session({ secrets: [SECRET], store: own() })),
  ),
  variant('koa-session, cookie', koaSession({})),
  ...backends.map(({ name, rival }) =>
    variant(`koa-session, ${name}`, koaSession({ store: koaStoreOn(rival()) })),
  ),
]
