/*
 * The secrets that tests use, which are searched for in the output and reports of their runs: a run that prints one would
 * print a real one, too.
 */
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** The secrets that appear literally in the sources of tests. */
export const WRITTEN: readonly string[] = [
  'a secret that is only for tests with 48 characters',
  'pV3xkQ7mT1zL9wR5yB2nC8dF4gH6jK0s',
  's3cret-of-the-test-1234567890abcdef-XYZ',
  'Zm9yIHRlc3RzIG9ubHksIG5vdCBmb3IgYW55Ym9keSBlbHNl',
  'kq2Yw0bT7mXvR4cJ9sLz1eUoP6hNdFgA5iVtB8yCxWE',
  'Zx8cV2bN5mQ1wE4rT7yU0iO3pA6sD9fGhJ-kLqM_nBv',
]

/** The test helpers that derive a secret from a label, and what each hashes. */
const MADE = /\b(secretOf|secretNamed|strong)\('([^']+)'\)/g
const HASHED: Readonly<Record<string, (label: string) => string>> = {
  secretNamed: (label) => `store ${label}`,
}

const SOURCES = '{packages,examples}/*/{test,fuzz}/**/*.ts'

const LOG = '.turbo/turbo-test.log'

/** Output of a run, by package. Missing files are reported as not searched. */
const OUTPUTS = [LOG, '.reports/tests.json'] as const

/** The combined output of the last `pnpm test`: a task that is never cached has no log of its own. */
const LOG_OF_RUN = '.turbo/run.json'

export interface Canaries {
  readonly secrets: readonly string[]
  /** Literal secrets that no test uses: searching for them would prove nothing. */
  readonly gone: readonly string[]
}

/** All secrets of the tests below `root`. */
export function canariesOf(root: string, written: readonly string[] = WRITTEN): Canaries {
  const sources = globSync(SOURCES, { cwd: root }).map((path) => readFileSync(`${root}/${path}`, 'utf8'))
  const made = sources.flatMap((source) =>
    [...source.matchAll(MADE)].map(([, maker = '', label = '']) =>
      createHash('sha256')
        .update(HASHED[maker]?.(label) ?? label)
        .digest('base64url'),
    ),
  )
  const gone = written.filter((secret) => !sources.some((source) => source.includes(secret)))
  return { secrets: [...new Set([...written, ...made])], gone }
}

export interface Search {
  /** Each place that shows a secret, without repeating the secret. */
  readonly leaks: readonly string[]
  readonly missing: readonly string[]
  readonly searched: number
}

/** Searches the output of all packages' tests: as text, hex, base64 and base64url. */
export function searchOutputs(root: string, secrets: readonly string[]): Search {
  const logOfRun = existsSync(`${root}/${LOG_OF_RUN}`) ? readFileSync(`${root}/${LOG_OF_RUN}`, 'utf8') : ''
  const there = logOfRun === '' ? [] : [LOG_OF_RUN]
  const missing: string[] = []
  for (const { directory, name } of testedPackages(root)) {
    const isInLogOfRun = logOfRun.includes(JSON.stringify(`${name}#test`))
    for (const output of OUTPUTS) {
      const path = `${directory}/${output}`
      if (existsSync(`${root}/${path}`)) there.push(path)
      else if (output !== LOG || !isInLogOfRun) missing.push(path)
    }
  }
  const needles = [...new Set(secrets.flatMap(spellings))]
  return { leaks: there.flatMap((path) => leaksIn(root, path, needles)), missing, searched: there.length }
}

interface Manifest {
  readonly name: string
  readonly scripts?: object
}

function testedPackages(root: string): { readonly directory: string; readonly name: string }[] {
  return globSync('{packages,examples}/*/package.json', { cwd: root }).flatMap((path) => {
    const { name, scripts = {} } = JSON.parse(readFileSync(`${root}/${path}`, 'utf8')) as Manifest
    return 'test' in scripts ? [{ directory: dirname(path), name }] : []
  })
}

function leaksIn(root: string, path: string, needles: readonly string[]): string[] {
  return readFileSync(`${root}/${path}`, 'utf8')
    .split('\n')
    .flatMap((line, at) =>
      needles
        .filter((needle) => line.includes(needle))
        .map((needle) => `${path}:${at + 1} shows a secret of the tests (${needle.slice(0, 4)}…)`),
    )
}

/** The last character of base64 depends on what follows, so it is omitted. */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const encoded = (['base64', 'base64url'] as const).map((encoding) =>
    bytes.toString(encoding).replace(/=+$/, '').slice(0, -1),
  )
  return [secret, bytes.toString('hex'), ...encoded]
}
