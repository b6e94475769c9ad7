/*
 * Checks the imports of the published packages against the rules of docs/map.md: core imports only Node; adapters import core
 * and node-http; stores import core. Inside core and node-http, imports go down from wing to wing, without cycles.
 */
import { join } from 'node:path'
import {
  cycleFaults,
  depthFaults,
  importFaults,
  type Layout,
  readSources,
  structureOf,
  wingFaults,
} from './packages/structure.ts'
import { publicPackages } from './workspace.ts'

const ADAPTER = ['@keepsake/core', '@keepsake/core/adapter', '@keepsake/node-http']
const STORE = ['@keepsake/core', '@keepsake/core/store']

/** What the sources of a package may import besides Node and their own files. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  'node-http': ['@keepsake/core', '@keepsake/core/adapter'],
  express: [...ADAPTER, 'express'],
  koa: [...ADAPTER, 'koa'],
  fastify: [...ADAPTER, 'fastify', 'fastify-plugin'],
  fetch: ['@keepsake/core', '@keepsake/core/adapter'],
  next: [
    '@keepsake/core',
    '@keepsake/core/adapter',
    '@keepsake/fetch',
    'next/headers.js',
    'next/server.js',
    'react',
  ],
  hono: ['@keepsake/core', '@keepsake/core/adapter', '@keepsake/fetch', 'hono', 'hono/http-exception'],
  passport: ['@keepsake/core', '@keepsake/core/adapter'],
  browser: [],
  dbsc: ['@keepsake/core', '@keepsake/core/adapter', '@keepsake/node-http', 'jose', 'structured-headers'],
  opentelemetry: ['@keepsake/core', '@opentelemetry/api'],
  arrival: ['@keepsake/core', '@keepsake/core/adapter', '@msgpack/msgpack', '@noble/ciphers/salsa.js'],
  'store-file': STORE,
  'store-sqlite': STORE,
  'store-redis': STORE,
  'store-postgres': STORE,
  testing: [...STORE, '@keepsake/core/adapter', 'structured-headers', 'tough-cookie', 'vitest'],
  cli: [
    '@keepsake/arrival',
    '@keepsake/core',
    '@keepsake/core/adapter',
    '@keepsake/core/sealer',
    'tough-cookie',
  ],
}

/** The packages that are divided into wings, and the floor of each wing. */
const WINGS: Readonly<Record<string, Layout>> = {
  core: {
    entries: ['index', 'adapter', 'store', 'sealer'],
    wings: {
      host: 9,
      sessions: 8,
      visit: 7,
      session: 6,
      modes: 6,
      subjects: 5,
      store: 4,
      device: 4,
      record: 3,
      cookie: 3,
      guard: 3,
      crypto: 2,
      base: 1,
    },
    deepest: 12,
  },
  'node-http': {
    entries: ['index'],
    wings: { guard: 4, session: 3, hold: 2, headers: 1 },
    deepest: 6,
  },
}

const faults: string[] = []
let count = 0
for (const { folder, path } of publicPackages()) {
  const files = readSources(join(path, 'src'))
  const layout = WINGS[folder]
  count += files.length
  const found = [
    ...importFaults(files, MAY_IMPORT[folder]),
    ...cycleFaults(files),
    ...(layout === undefined ? [] : [...wingFaults(files, layout), ...depthFaults(files, layout)]),
  ]
  faults.push(...found.map((fault) => `packages/${folder}/src: ${fault}`))
  if (layout === undefined) continue
  const { lines, chain } = structureOf(files)
  console.log(`${folder}: ${files.length} files, ${lines} lines, ${chain.length} files deep`)
}
for (const fault of faults) console.error(fault)
console.log(`${count} files, ${faults.length} faults`)
if (faults.length > 0 || count === 0) process.exitCode = 1
