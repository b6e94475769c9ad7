import { reachRedis } from '@keepsake/test-services'
import { afterAll } from 'vitest'
import { iovalkey } from './clients.ts'
import { suiteOf } from './place.ts'

const server = await reachRedis()
const url = server?.url ?? ''
afterAll(() => server?.stop())

suiteOf('iovalkey', server ? [url] : [], () => iovalkey(url), 'separate')
