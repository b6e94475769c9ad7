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

/** Every word of the sources: the names of all options, fields, methods and headers are among them. */
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

/** Plays parts in a process of its own, for a polluted one is of no use to a test. */
async function play(parts: Readonly<Record<string, Exceptions>>, names: readonly string[]) {
  const story = fileURLToPath(new URL('pollution/story.ts', import.meta.url))
  const asked = {
    names,
    parts: Object.fromEntries(
      Object.entries(parts).map(([part, exceptions]) => [part, exceptions.map(([name]) => name)]),
    ),
    // By each hostile value, every night.
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

/** A name, and why it is of no use to try it. */
type Exceptions = readonly (readonly [name: string, reason: string])[]

/** Names that break the language or Node by themselves, whatever runs on it. */
const LANGUAGE: Exceptions = [
  ['then', 'whatever has it is a promise to await'],
  ['return', 'each iterator that is not read to its end is asked for it'],
  ['toJSON', 'JSON.stringify calls it'],
  ['code', 'process.emitWarning reads it'],
]

/** Names that break the HTTP server of Node, which assigns to objects that have a prototype. */
const HTTP: Exceptions = [
  ...LANGUAGE,
  ['encoding', 'streams read it as an option'],
  ['callback', 'a stream calls it'],
  ['cookie', 'a header is not assigned where a setter takes it'],
  ['host', 'a header that is there already counts'],
  ['sec-fetch-site', 'a header that is there already is continued'],
  ['origin', 'a header that is there already is continued'],
  ['method', 'it is assigned to a request'],
  ['url', 'it is assigned to a request'],
  ['httpVersionMajor', 'it is assigned to a request'],
  ['socket', 'it is assigned to a request'],
]

const EXPRESS: Exceptions = [
  ...HTTP,
  ['get', 'Express defines properties by descriptors that have a prototype'],
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
  it('changes nothing of what comes of sessions and cookies, whichever word of the sources it has', async () => {
    const words = wordsOf('core')
    expect(words).toEqual(expect.arrayContaining(['subject', 'maxAge', 'keep', 'record', 'place', 'fetch']))
    expect(await play(CORE, words)).toEqual(nothingIn(CORE))
  })

  it('changes nothing of what a browser gets, but what it changes for Node or the framework itself', async () => {
    const words = wordsOf('{node-http,express,koa}')
    expect(words).toEqual(expect.arrayContaining(['skip', 'extend', 'encrypted', 'status', 'get', 'set']))
    expect(await play(HOSTS, words)).toEqual(nothingIn(HOSTS))
  })

  it('changes nothing of what a store does, but what it changes for files and databases themselves', async () => {
    const words = wordsOf('store-*')
    expect(words).toEqual(expect.arrayContaining(['directory', 'listener', 'prefix', 'withCommandOptions']))
    expect(await play({ stores: FILES }, words)).toEqual(nothingIn({ stores: FILES }))
  })

  it('would be noticed where something is read through it', async () => {
    const [found] = await play({ careless: [] }, ['subject', 'label'])
    expect(new Set(found?.changed.map(({ name }) => name))).toEqual(new Set(['subject']))
  })
})
