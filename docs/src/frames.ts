import type { Frames } from './modules.ts'

/** Code around blocks, so that a page shows only the relevant part. */
export const FRAMES: Frames = {
  express: `import express from 'express'
import { session } from '@keepsake/express'

const app = express()
app.use(express.urlencoded())
app.use(session({ secrets: [process.env.SESSION_SECRET] }))

// …

app.listen(3000)`,
  koa: `import Koa from 'koa'
import { session } from '@keepsake/koa'

const app = new Koa()
app.use(session({ secrets: [process.env.SESSION_SECRET] }))

// …

app.listen(3000)`,
  'express-store': `import express from 'express'
import { createSessions, memoryStore, type RegisteredData } from '@keepsake/core'
import { session } from '@keepsake/express'

const secrets = [process.env.SESSION_SECRET]
const sessions = createSessions<RegisteredData>({ secrets, store: memoryStore() })
const app = express()
app.use(express.urlencoded())
app.use(session(sessions))

// …

app.listen(3000)`,
  'node-http': `import { createServer } from 'node:http'
import { createSessions, type RegisteredData } from '@keepsake/core'
import { withSession } from '@keepsake/node-http'

const sessions = createSessions<RegisteredData>({ secrets: [process.env.SESSION_SECRET] })
createServer(
  withSession(sessions, (request, response, session) => {
    // …
  }),
).listen(3000)`,
  session: `import { createSessions, type RegisteredData } from '@keepsake/core'

const sessions = createSessions<RegisteredData>({ secrets: [process.env.SESSION_SECRET] })
const { session } = await sessions.open(undefined)

// …

export {}`,
  secrets: `const secrets = [process.env.SESSION_SECRET]

// …

export {}`,
}
