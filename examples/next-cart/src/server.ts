import { join } from 'node:path'
import { serveNext } from './serve.ts'

await serveNext(join(import.meta.dirname, '..'), 'cart')
