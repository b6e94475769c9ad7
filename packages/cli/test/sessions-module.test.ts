import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { MODULE, SECRET } from './sessions-support.ts'
import { keepsake, keepsakeProcess, makeDirectory } from './support.ts'

describe('keepsake sessions, given a module,', () => {
  it('loads the file of --env, an option that Node also has', async () => {
    const cwd = makeDirectory()
    writeFileSync(join(cwd, 'sessions.mjs'), MODULE)
    writeFileSync(join(cwd, 'production.env'), `SESSION_SECRET=${SECRET}\n`)
    const args = ['sessions', 'list', '--module', 'sessions.mjs', '--env']
    expect(await keepsakeProcess([...args, 'production.env'], { cwd })).toMatchObject({
      code: 0,
      out: 'no sessions\n',
    })
    expect(await keepsakeProcess([...args, 'missing.env'], { cwd })).toMatchObject({ code: 3 })
  })

  const IMPORTS = `import { createSessions } from '${import.meta.resolve('@keepsake/core')}'
import { store } from './store.ts'
`
  const MADE = `createSessions({ secrets: ['${SECRET}'], store })`
  const STORE = `import { sqliteStore } from '${import.meta.resolve('@keepsake/store-sqlite')}'
export const store: unknown = sqliteStore({ path: 'sessions.db' })
`

  it.each([
    ['an ES module package', 'module', 'sessions.ts', `${IMPORTS}export const sessions: object = ${MADE}`],
    ['a package without a type', undefined, 'sessions.ts', `${IMPORTS}export default ${MADE} as object`],
    [
      'a CommonJS package, with ES module syntax',
      'commonjs',
      'sessions.ts',
      `${IMPORTS}export const sessions: object = ${MADE}`,
    ],
    [
      'a CommonJS package, with require',
      'commonjs',
      'sessions.ts',
      `const { createSessions } = require('${fileURLToPath(import.meta.resolve('@keepsake/core'))}')
const { store } = require('./store.ts')
const sessions: object = ${MADE}
module.exports = { sessions }`,
    ],
    [
      'a CommonJS package, as a compiler writes it',
      'commonjs',
      'sessions.js',
      `Object.defineProperty(exports, '__esModule', { value: true })
const { store } = require('./store.ts')
exports['default'] = require('${fileURLToPath(import.meta.resolve('@keepsake/core'))}').${MADE}`,
    ],
  ])('reads TypeScript in %s', async (_, type, file, source) => {
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
    const { code, out } = await keepsakeProcess(['sessions', 'list', '--module', file], { cwd })
    expect({ code, out }).toEqual({ code: 0, out: 'no sessions\n' })
  })

  it.each([
    [[], '--module FILE is missing'],
    [['--module', 'missing.mjs'], 'missing.mjs does not exist'],
    [['--module', 'empty.mjs'], 'exports no sessions'],
    [['--module', 'memory.mjs'], "only the application's own process can read them"],
    [['--module', 'revoked.mjs'], "only the application's own process can read them"],
  ])('rejects %j, and says why', async (args, problem) => {
    const cwd = makeDirectory()
    const [core = ''] = MODULE.trim().split('\n')
    const withMemory = core.replace('createSessions', 'createSessions, memoryStore')
    const made = (options: string) =>
      `${withMemory}\nexport default createSessions({ secrets: ['${SECRET}'], ${options} })\n`
    writeFileSync(join(cwd, 'empty.mjs'), 'export const sessions = { revoke() {} }\n')
    writeFileSync(join(cwd, 'memory.mjs'), made('store: memoryStore()'))
    writeFileSync(join(cwd, 'revoked.mjs'), made('revocation: memoryStore()'))
    const { code, out, error } = await keepsake(['sessions', 'list', ...args], { cwd })
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(error).toContain(problem)
  })

  it('says that sessions in cookie mode can be neither listed nor counted', async () => {
    const cwd = makeDirectory()
    const [core] = MODULE.trim().split('\n')
    writeFileSync(
      join(cwd, 'sealed.mjs'),
      `${core}\nexport default createSessions({ secrets: ['${SECRET}'], revocation: 'none' })\n`,
    )
    for (const action of ['list', 'count']) {
      const { code, error } = await keepsake(['sessions', action, '--module', 'sealed.mjs'], { cwd })
      expect(code).toBe(3)
      expect(error).toContain('sessions live in their cookies')
    }
  })
})
