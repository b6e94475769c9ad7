/*
 * Makes vectors.json, with cookies and records made by the libraries themselves. `node packages/arrival/test/vectors/make.ts`
 * makes it again with the installed versions; the tests run at the time when it was made.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fastifyVectors } from './make-fastify.ts'
import { expressVectors } from './make-express.ts'
import { koaVectors } from './make-koa.ts'
import { remixVectors } from './make-remix.ts'
import type { Vectors } from './vectors.ts'

const PACKAGES = [
  'express-session',
  'cookie-session',
  'koa-session',
  '@fastify/session',
  '@fastify/cookie',
  'react-router',
  '@remix-run/cookie',
  '@remix-run/session',
]

const versionOf = (name: string): string => {
  const url = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(url, 'utf8')) as { version: string }).version
}

const vectors: Vectors = {
  madeAt: Math.floor(Date.now() / 1000),
  versions: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
  cookies: {
    ...(await expressVectors()),
    ...(await koaVectors()),
    ...(await fastifyVectors()),
    ...(await remixVectors()),
  },
}
writeFileSync(new URL('vectors.json', import.meta.url), `${JSON.stringify(vectors, undefined, 2)}\n`)
