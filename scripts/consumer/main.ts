/** Runs the smallest application of each package, one after another, in one process. */
import { createSealer } from '@keepsake/core/sealer'
import * as arrival from './arrival-app.ts'
import * as dbsc from './dbsc-app.ts'
import * as express from './express-app.ts'
import * as fastify from './fastify-app.ts'
import * as fetchHandlers from './fetch-app.ts'
import * as hono from './hono-app.ts'
import * as koa from './koa-app.ts'
import * as passport from './passport-app.ts'
import { runInMemory, runInPostgres, runInRedis, runOnDisk, runSealed } from './store-apps.ts'
import { SECRET } from './visit-twice.ts'

const { REDIS_URL, POSTGRES_URL } = process.env

async function main(): Promise<void> {
  if (createSealer({ secrets: [SECRET], name: 'x' }).open('x').ok) throw new Error('x was opened')
  await runSealed()
  await runInMemory()
  await runOnDisk()
  await express.run()
  await koa.run()
  await fastify.run()
  await fetchHandlers.run()
  await hono.run()
  await dbsc.run()
  await passport.run()
  await arrival.run()
  if (REDIS_URL) await runInRedis(REDIS_URL)
  if (POSTGRES_URL) await runInPostgres(POSTGRES_URL)
}

main().then(
  () => console.log('all apps ran'),
  (error: unknown) => {
    console.error(error)
    process.exitCode = 1
  },
)
