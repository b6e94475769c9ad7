import type { Runtime } from './programs.ts'

/** A row of the page's table: tests that run together, in a separate process. */
export interface Row {
  readonly title: string
  /** The start of their file names. */
  readonly files: readonly string[]
  /** The files that each `pnpm test` runs: those that use the runtime's own features most. Without any, it runs none. */
  readonly quick?: readonly string[]
}

const CORE: readonly Row[] = [
  {
    title: 'Tokens, keys, the seal; the vectors of the format',
    files: ['core/test/crypto/', 'core/test/sealer'],
    quick: ['message-keys', 'secrets', 'token', 'xaes'].map((name) => `core/test/crypto/${name}.`),
  },
  { title: 'Cookies', files: ['core/test/cookie/'], quick: ['core/test/cookie/'] },
  {
    title: 'CSRF tokens, and the guard against other origins',
    files: ['core/test/guard/'],
    quick: ['core/test/guard/'],
  },
  {
    title: 'Data: limits, expiry, merging, schemas',
    files: ['core/test/record/', 'core/test/schema'],
    quick: ['core/test/record/key-expiry', 'core/test/record/merge', 'core/test/schema'],
  },
  {
    title: 'Revocation and lists, all sessions of a user',
    files: ['core/test/subjects/', 'core/test/revocable'],
    quick: ['core/test/subjects/subjects', 'core/test/revocable'],
  },
  {
    title: 'The memory store',
    files: ['core/test/store/'],
    quick: ['core/test/store/memory-store', 'core/test/store/sealed-store'],
  },
  {
    title: 'Sessions, in the cookie, in a store and in both',
    files: ['core/test/'],
    quick: ['core/test/base/', 'core/test/modes/in-', 'core/test/session/', 'core/test/visit/'],
  },
]

/** Test files of these packages are sorted by `sortedTests`; tests of the operating system run on Node only. */
const COMPUTING: readonly Row[] = [
  ...CORE,
  {
    title: '`@keepsake/fetch`',
    files: ['fetch/test/'],
    quick: ['cookies', 'responses', 'streams', 'with-session'].map((name) => `fetch/test/${name}.`),
  },
  { title: '`@keepsake/hono`', files: ['hono/test/'], quick: ['hono/test/hono.', 'hono/test/guard.'] },
]

/** Tests that need files or sockets, and so run on Bun and Deno only. */
const STORES: readonly Row[] = [
  {
    title: '`@keepsake/store-file`',
    files: ['store-file/test/suite.test.ts', 'store-file/test/file-store.test.ts'],
    quick: ['store-file/test/file-store.test.ts'],
  },
  {
    title: '`@keepsake/store-sqlite`, on `node:sqlite`',
    files: ['suite', 'sqlite-store', 'batches'].map((name) => `store-sqlite/test/${name}.test.ts`),
    quick: ['sqlite-store', 'batches'].map((name) => `store-sqlite/test/${name}.test.ts`),
  },
  {
    title: '`@keepsake/store-redis`, through node-redis and ioredis',
    files: ['store-redis/test/suite.test.ts'],
  },
  {
    title: '`@keepsake/store-postgres`, through pg and Postgres.js',
    files: ['store-postgres/test/suite.test.ts'],
  },
]

/** The servers that are part of Bun and Deno. */
const SERVED: Row = {
  title: '`@keepsake/fetch`, on the runtime’s own server',
  files: ['runtimes/served/served.test.ts'],
  quick: ['runtimes/served/served.test.ts'],
}

/** Tests for Workers only. */
const WORKER: Row = {
  title: 'Sessions that are created at start-up, outside of a request',
  files: ['runtimes/worker/requests.test.ts'],
  quick: ['runtimes/worker/requests.test.ts'],
}

const PROGRAMS: readonly Row[] = [SERVED, ...STORES]

export const ROWS: readonly Row[] = [...COMPUTING, ...PROGRAMS, WORKER]

/** The row of a file: the first one that matches. */
export const rowOf = (file: string): Row | undefined =>
  ROWS.find(({ files }) => files.some((start) => file.startsWith(start)))

/** Additional tests of a runtime, besides those that only compute. */
export const ownRows = (runtime: Runtime): readonly Row[] => (runtime === 'workerd' ? [WORKER] : PROGRAMS)

export const isTriedOn = (row: Row, runtime: Runtime): boolean =>
  COMPUTING.includes(row) || ownRows(runtime).includes(row)

/** How many tests run: those for each change, or all, which takes minutes. */
export type Extent = 'quick' | 'whole'

/** The tests of a row that run. */
export const filesOf = ({ files, quick = [] }: Row, extent: Extent): readonly string[] =>
  extent === 'whole' ? files : quick
