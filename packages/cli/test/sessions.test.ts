import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSessions } from '@keepsake/core'
import { sqliteStore } from '@keepsake/store-sqlite'
import { describe, expect, it } from 'vitest'
import { keepsake, makeDirectory } from './support.ts'

const SECRET = 'kq2Yw0bT7mXvR4cJ9sLz1eUoP6hNdFgA5iVtB8yCxWE'
const MODULE = `
import { createSessions } from '${import.meta.resolve('@keepsake/core')}'
import { sqliteStore } from '${import.meta.resolve('@keepsake/store-sqlite')}'
export const sessions = createSessions({
  secrets: process.env.SESSION_SECRET,
  store: sqliteStore({ path: 'sessions.db' }),
})
setInterval(() => {}, 1000) // as a client of a database keeps a process alive
`

/** A directory with an application in it, whose store has these logins; runs the command there. */
async function applicationWith(...subjects: readonly string[]) {
  const cwd = makeDirectory()
  writeFileSync(join(cwd, 'sessions.mjs'), MODULE)
  writeFileSync(join(cwd, '.env'), `SESSION_SECRET=${SECRET}\n`)
  const sessions = createSessions({
    secrets: [SECRET],
    store: sqliteStore({ path: join(cwd, 'sessions.db') }),
  })
  for (const subject of subjects) {
    const visit = await sessions.open(undefined)
    visit.session.login(subject)
    await visit.close()
  }
  await sessions.close()
  return async (...args: readonly string[]) => {
    const run = await keepsake(['sessions', '--module', 'sessions.mjs', '--json', ...args], { cwd })
    return { ...run, json: run.out === '' ? undefined : (JSON.parse(run.out) as Record<string, unknown>) }
  }
}

const handlesOf = (json: Record<string, unknown> | undefined): readonly string[] =>
  ((json?.['sessions'] ?? []) as readonly { readonly handle: string }[]).map(({ handle }) => handle)

describe('keepsake sessions', () => {
  it('lists the sessions of a subject, and of nobody else', async () => {
    const run = await applicationWith('ada', 'ada', 'bob')
    const { code, json } = await run('list', 'ada')
    expect(code).toBe(0)
    expect(new Set(handlesOf(json)).size).toBe(2)
    expect((await run('list', 'eve')).json).toEqual({ sessions: [] })
  })

  it('revokes one by its handle, once, and not under another name', async () => {
    const run = await applicationWith('ada', 'ada')
    const [handle = ''] = handlesOf((await run('list', 'ada')).json)
    expect(await run('revoke', '--subject', 'bob', '--', handle)).toMatchObject({
      code: 1,
      json: { revoked: false },
    })
    expect(await run('revoke', '--subject', 'ada', '--', handle)).toMatchObject({
      code: 0,
      json: { revoked: true },
    })
    expect(await run('revoke', '--subject', 'ada', '--', handle)).toMatchObject({
      code: 1,
      json: { revoked: false },
    })
    expect(handlesOf((await run('list', 'ada')).json)).toHaveLength(1)
  })

  it('revokes all of a subject', async () => {
    const run = await applicationWith('ada', 'ada', 'bob')
    expect(await run('revoke-all', 'ada')).toMatchObject({ code: 0, json: { revoked: 2 } })
    expect(handlesOf((await run('list', 'ada')).json)).toEqual([])
    expect(handlesOf((await run('list', 'bob')).json)).toHaveLength(1)
  })

  it('revokes all where sessions live in their cookies, and says that nobody knows how many', async () => {
    const cwd = makeDirectory()
    const [core] = MODULE.trim().split('\n')
    writeFileSync(
      join(cwd, 'sealed.mjs'),
      `${core?.replace('createSessions', 'createSessions, memoryStore')}
export default createSessions({ secrets: ['${SECRET}'], revocation: memoryStore() })\n`,
    )
    const args = ['sessions', 'revoke-all', 'ada', '--module', 'sealed.mjs']
    expect(await keepsake(args, { cwd })).toMatchObject({
      code: 0,
      out: 'all revoked\n',
    })
    expect(JSON.parse((await keepsake([...args, '--json'], { cwd })).out)).toEqual({ revoked: null })
  })

  it('reads for people', async () => {
    const cwd = makeDirectory()
    writeFileSync(join(cwd, 'sessions.mjs'), MODULE)
    const options = { cwd, env: { SESSION_SECRET: SECRET } }
    const { code, out } = await keepsake(['sessions', 'list', 'ada', '--module', 'sessions.mjs'], options)
    expect({ code, out }).toEqual({ code: 0, out: 'no sessions\n' })
  })

  it('reads the file that --env names, which Node does not take for its own', async () => {
    const cwd = makeDirectory()
    writeFileSync(join(cwd, 'sessions.mjs'), MODULE)
    writeFileSync(join(cwd, 'production.env'), `SESSION_SECRET=${SECRET}\n`)
    const args = ['sessions', 'list', 'ada', '--module', 'sessions.mjs', '--env']
    expect(await keepsake([...args, 'production.env'], { cwd })).toMatchObject({
      code: 0,
      out: 'no sessions\n',
    })
    expect(await keepsake([...args, 'missing.env'], { cwd })).toMatchObject({ code: 3 })
  })

  const IMPORTS = `import { createSessions } from '${import.meta.resolve('@keepsake/core')}'
import { store } from './store.ts'
`
  const MADE = `createSessions({ secrets: ['${SECRET}'], store })`
  const STORE = `import { sqliteStore } from '${import.meta.resolve('@keepsake/store-sqlite')}'
export const store: unknown = sqliteStore({ path: 'sessions.db' })
`

  it.each([
    ['a module', 'module', 'sessions.ts', `${IMPORTS}export const sessions: object = ${MADE}`],
    ['of no type', undefined, 'sessions.ts', `${IMPORTS}export default ${MADE} as object`],
    [
      'a CommonJS package, as modules',
      'commonjs',
      'sessions.ts',
      `${IMPORTS}export const sessions: object = ${MADE}`,
    ],
    [
      'a CommonJS package, as CommonJS',
      'commonjs',
      'sessions.ts',
      `const { createSessions } = require('${fileURLToPath(import.meta.resolve('@keepsake/core'))}')
const { store } = require('./store.ts')
const sessions: object = ${MADE}
module.exports = { sessions }`,
    ],
    [
      'a CommonJS package, compiled',
      'commonjs',
      'sessions.js',
      `Object.defineProperty(exports, '__esModule', { value: true })
const { store } = require('./store.ts')
exports['default'] = require('${fileURLToPath(import.meta.resolve('@keepsake/core'))}').${MADE}`,
    ],
  ])('reads sessions of TypeScript in %s', async (_, type, file, source) => {
    const cwd = makeDirectory()
    writeFileSync(join(cwd, 'package.json'), JSON.stringify({ type }))
    writeFileSync(join(cwd, file), source)
    const isRequired = source.includes('require(')
    writeFileSync(
      join(cwd, 'store.ts'),
      isRequired
        ? `exports.store = require('${fileURLToPath(import.meta.resolve('@keepsake/store-sqlite'))}').sqliteStore({ path: 'sessions.db' })`
        : STORE,
    )
    const { code, out } = await keepsake(['sessions', 'list', 'ada', '--module', file], { cwd })
    expect({ code, out }).toEqual({ code: 0, out: 'no sessions\n' })
  })

  it('passes on what the application says it cannot do', async () => {
    const cwd = makeDirectory()
    const [core] = MODULE.trim().split('\n')
    writeFileSync(
      join(cwd, 'sealed.mjs'),
      `${core}\nexport default createSessions({ secrets: ['${SECRET}'] })\n`,
    )
    const { code, error } = await keepsake(['sessions', 'list', 'ada', '--module', 'sealed.mjs'], { cwd })
    expect(code).toBe(3)
    expect(error).toContain('sessions.listFor: sessions live in their cookies')
  })

  it.each([
    [['list', 'ada'], '--module FILE is required'],
    [['list', 'ada', '--module', 'missing.mjs'], 'there is no missing.mjs'],
    [['list', 'ada', '--module', 'empty.mjs'], 'exports no sessions'],
    [['toString', 'ada', '--module', 'empty.mjs'], 'expected list, revoke, revoke-all'],
    [['list', '--module', 'empty.mjs'], 'expected one argument'],
    [['list', 'ada', '--subject', 'ada'], '--subject belongs to revoke'],
    [['revoke', 'handle', '--module', 'empty.mjs'], '--subject SUBJECT is required'],
  ])('%j is called in a wrong way', async (args, problem) => {
    const cwd = makeDirectory()
    writeFileSync(join(cwd, 'empty.mjs'), 'export const sessions = { listFor() {} }\n')
    const { code, out, error } = await keepsake(['sessions', ...args], { cwd })
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(error).toContain(problem)
  })
})
