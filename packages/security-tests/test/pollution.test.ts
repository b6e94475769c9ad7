import { spawn } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { IS_LONG } from '@keepsake/test-services'
import { describe, expect, it } from 'vitest'

interface Finding {
  readonly kind: string
  readonly name: string
  readonly was: string
  readonly is: string
}

const packages = fileURLToPath(new URL('../../', import.meta.url))

/** Every word of the sources, which includes the names of all options, fields, methods and headers. */
function wordsOf(sources: string): string[] {
  const words = globSync(`${packages}${sources}/src/**/*.ts`).flatMap((file) => {
    const code = readFileSync(file, 'utf8')
      .replaceAll(/\/\*[\s\S]*?\*\//g, '')
      .replaceAll(/^\s*\/\/.*$/gm, '')
    return code.match(/[A-Za-z_$~][\w$-]*/g) ?? []
  })
  const own = new Set(Object.getOwnPropertyNames(Object.prototype))
  return [...new Set(words)].filter((word) => !own.has(word))
}

/** Runs scenarios in a separate process: a process with a polluted prototype is useless for other tests. */
async function play(parts: Readonly<Record<string, Exceptions>>, names: readonly string[]) {
  const story = fileURLToPath(new URL('pollution/story.ts', import.meta.url))
  const asked = {
    names,
    parts: Object.fromEntries(
      Object.entries(parts).map(([part, exceptions]) => [part, exceptions.map(([name]) => name)]),
    ),
    // Nightly, with each hostile value.
    areExceptionsTried: IS_LONG,
  }
  const child = spawn(
    process.execPath,
    ['--no-warnings', '--conditions=@keepsake/source', story, JSON.stringify(asked)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  expect(out, errors.slice(-2000)).toMatch(/^\[/)
  return JSON.parse(out) as readonly Findings[]
}

interface Findings {
  readonly part: string
  readonly changed: readonly Finding[]
  readonly unbroken: readonly string[]
}

const nothingIn = (parts: object): Findings[] =>
  Object.keys(parts).map((part) => ({ part, changed: [], unbroken: [] }))

/** Names that are not tested, with the reason. */
type Exceptions = readonly (readonly [name: string, reason: string])[]

/** Names that break the language or Node itself, with any program. */
const LANGUAGE: Exceptions = [
  ['then', 'await treats every object that has it as a promise'],
  ['return', 'an iterator that is not read to its end gets called by this name'],
  ['toJSON', 'JSON.stringify calls it'],
  ['code', 'process.emitWarning reads it'],
]

/** Names that break Node's HTTP server, which assigns to objects with a prototype. */
const HTTP: Exceptions = [
  ...LANGUAGE,
  ['encoding', 'streams read it as an option'],
  ['callback', 'a stream calls it'],
  ['cookie', 'a setter swallows the assignment of the header'],
  ['host', 'an existing header is not overwritten'],
  ['sec-fetch-site', 'a value is appended to an existing header'],
  ['origin', 'a value is appended to an existing header'],
  ['method', 'it is assigned to a request'],
  ['url', 'it is assigned to a request'],
  ['httpVersionMajor', 'it is assigned to a request'],
  ['socket', 'it is assigned to a request'],
  ['_header', 'it is assigned to a response'],
]

const EXPRESS: Exceptions = [
  ...HTTP,
  ['get', 'Express defines properties with descriptors that have a prototype'],
  ['set', 'as above'],
  ['value', 'as above'],
  ['writable', 'as above'],
  ['request', 'it is assigned to an application'],
  ['response', 'it is assigned to an application'],
]

const KOA: Exceptions = [
  ...HTTP,
  ['req', 'it is assigned to a context'],
  ['res', 'it is assigned to a context'],
  ['app', 'it is assigned to a context'],
  ['state', 'it is assigned to a context'],
  ['middleware', 'it is assigned to an application'],
  ['request', 'it is assigned to an application'],
  ['response', 'it is assigned to an application'],
  ['context', 'it is assigned to an application'],
]

const FILES: Exceptions = [['name', 'it is assigned to an entry of a directory'], ...LANGUAGE]

const CORE = {
  sealed: LANGUAGE,
  revocable: LANGUAGE,
  stored: LANGUAGE,
  overflowing: LANGUAGE,
  cookies: LANGUAGE,
}
const HOSTS = {
  'node:http': HTTP,
  'node:http, with a store': HTTP,
  express: EXPRESS,
  'express, with a store': EXPRESS,
  koa: KOA,
  'koa, with a store': KOA,
}

describe('a polluted Object.prototype (R17)', () => {
  it('does not affect sessions and cookies, with any word of the sources as its property', async () => {
    const words = wordsOf('core')
    expect(words).toEqual(expect.arrayContaining(['subject', 'maxAge', 'keep', 'record', 'place', 'fetch']))
    expect(await play(CORE, words)).toEqual(nothingIn(CORE))
  })

  it('does not affect responses, except as it affects Node or the framework itself', async () => {
    const words = wordsOf('{node-http,express,koa}')
    expect(words).toEqual(expect.arrayContaining(['skip', 'extend', 'encrypted', 'status', 'get', 'set']))
    expect(await play(HOSTS, words)).toEqual(nothingIn(HOSTS))
  })

  it('does not affect stores, except as it affects files and databases themselves', async () => {
    const words = wordsOf('store-*')
    expect(words).toEqual(expect.arrayContaining(['directory', 'listener', 'prefix', 'withCommandOptions']))
    expect(await play({ stores: FILES }, words)).toEqual(nothingIn({ stores: FILES }))
  })

  it('would be detected if code read a property through it', async () => {
    const [found] = await play({ careless: [] }, ['subject', 'label'])
    expect(new Set(found?.changed.map(({ name }) => name))).toEqual(new Set(['subject']))
  })
})
