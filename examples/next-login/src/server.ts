import { join } from 'node:path'
import { serveNext } from 'example-next-cart/serve'

await serveNext(join(import.meta.dirname, '..'), 'login')
