import { execFileSync } from 'node:child_process'
import { chmodSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { createSessions } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { keepsake, makeDirectory, NODE_COMPILE_CACHE } from './support.ts'

const OLD = 'kq2Yw0bT7mXvR4cJ9sLz1eUoP6hNdFgA5iVtB8yCxWE'

const secretsIn = (path: string): readonly string[] =>
  parseEnv(readFileSync(path, 'utf8')).SESSION_SECRET?.split(',') ?? []

describe('keepsake secret', () => {
  it('prints a different secret each time, which an application accepts', async () => {
    const cwd = makeDirectory()
    const [first, second] = await Promise.all([keepsake(['secret'], { cwd }), keepsake(['secret'], { cwd })])
    expect(first).toMatchObject({ code: 0, error: '' })
    expect(first.out).toMatch(/^[\w-]{43}\n$/)
    expect(first.out).not.toBe(second.out)
    createSessions({ secrets: [first.out.trim(), second.out.trim()] })
  })

  it('prints the secret as JSON with --json', async () => {
    const { out } = await keepsake(['secret', '--json'], { cwd: makeDirectory() })
    expect(JSON.parse(out)).toEqual({ secret: expect.stringMatching(/^[\w-]{43}$/) as string })
  })
})

describe('keepsake secret --write', () => {
  it('creates .env readable only by its owner, and does not print the secret', async () => {
    const cwd = makeDirectory()
    const { code, out } = await keepsake(['secret', '--write'], { cwd })
    const [secret = ''] = secretsIn(join(cwd, '.env'))
    expect(code).toBe(0)
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect(out).not.toContain(secret)
    expect(statSync(join(cwd, '.env')).mode & 0o777).toBe(0o600)
  })

  it('keeps the rest of the file, follows a symbolic link, and removes read permission from others', async () => {
    const cwd = makeDirectory()
    const path = join(cwd, 'production.env')
    writeFileSync(path, '# ours\nPORT=3000\nSESSION_SECRET=\nNAME="a b"')
    chmodSync(path, 0o644)
    symlinkSync(path, join(cwd, '.env'))
    expect((await keepsake(['secret', '--write', '.env'], { cwd })).code).toBe(0)
    expect(readFileSync(path, 'utf8')).toMatch(/^# ours\nPORT=3000\nSESSION_SECRET=[\w-]{43}\nNAME="a b"$/)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('refuses to replace an existing secret', async () => {
    const cwd = makeDirectory()
    writeFileSync(join(cwd, '.env'), `SESSION_SECRET=${OLD}\n`)
    const { code, out, error } = await keepsake(['secret', '--write'], { cwd })
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(error).toContain('--rotate')
    expect(secretsIn(join(cwd, '.env'))).toEqual([OLD])
  })

  it('with --rotate puts the new secret before the old ones', async () => {
    const cwd = makeDirectory()
    writeFileSync(join(cwd, '.env'), `export SESSION_SECRET='${OLD}'\n`)
    const { code, out } = await keepsake(['secret', '--rotate', '--json'], { cwd })
    const secrets = secretsIn(join(cwd, '.env'))
    expect({ code, json: JSON.parse(out) as unknown }).toMatchObject({ code: 0, json: { secrets: 2 } })
    expect(secrets).toEqual([expect.stringMatching(/^[\w-]{43}$/), OLD])
    createSessions({ secrets })
    expect(readFileSync(join(cwd, '.env'), 'utf8')).toMatch(/^export SESSION_SECRET=[\w-]{43},[\w-]{43}\n$/)
  })

  it.each([
    ['by itself', 'process.env.SESSION_SECRET'],
    ['in a list', '[process.env.SESSION_SECRET]'],
  ])(
    'with --rotate keeps the sessions of an application that passes the variable %s, in a file that Node reads',
    async (_, secrets) => {
      const cwd = makeDirectory()
      const core = import.meta.resolve('@keepsake/core')
      writeFileSync(
        join(cwd, 'app.mjs'),
        `import { createSessions } from '${core}'
      const { session, close } = await createSessions({ secrets: ${secrets}, revocation: 'none' }).open(process.argv[2])
      const n = (session.n = (session.n ?? 0) + 1)
      const cookie = (await close())[0][1].split(';')[0]
      console.log(JSON.stringify({ n, cookie, opened: session.explain().opened }))`,
      )
      const visit = (cookie: string): { n: number; cookie: string; opened: string } => {
        const args = ['--conditions=@keepsake/source', '--env-file=.env', 'app.mjs', cookie]
        const env = { NODE_COMPILE_CACHE }
        return JSON.parse(execFileSync(process.execPath, args, { cwd, encoding: 'utf8', env })) as never
      }
      await keepsake(['secret', '--write'], { cwd })
      const first = visit('')
      await keepsake(['secret', '--rotate'], { cwd })
      const second = visit(first.cookie)
      expect([first.n, second.n, second.opened]).toEqual([1, 2, 'opened_stale'])
      expect(visit(second.cookie)).toMatchObject({ n: 3, opened: 'opened' })
    },
  )

  it('with --force replaces the secret, also under another variable name', async () => {
    const cwd = makeDirectory()
    writeFileSync(join(cwd, '.env'), `COOKIE_KEY=${OLD}\n`)
    const { code } = await keepsake(['secret', '--write', '--force', '--variable', 'COOKIE_KEY'], { cwd })
    expect(code).toBe(0)
    expect(readFileSync(join(cwd, '.env'), 'utf8')).toMatch(/^COOKIE_KEY=(?!kq2Y)[\w-]{43}\n$/)
  })

  it.each([
    [['--force'], '', 'needs --write'],
    [['--rotate', '--force'], '', 'either'],
    [['--write', '--variable', 'A=B'], '', 'expected a name'],
    [['--rotate'], 'SESSION_SECRET=short\n', 'at least 32 bytes'],
    [['--rotate'], `SESSION_SECRET=${OLD}\nSESSION_SECRET=${OLD}\n`, 'set twice'],
    [['--write'], 'NOTE="\nSESSION_SECRET=\n"\n', 'edit the file by hand'],
  ])('with %j leaves the file unchanged and names the mistake (%#)', async (args, text, problem) => {
    const cwd = makeDirectory()
    writeFileSync(join(cwd, '.env'), text)
    const { code, error } = await keepsake(['secret', ...args], { cwd })
    expect(code).toBe(2)
    expect(error).toContain(problem)
    expect(readFileSync(join(cwd, '.env'), 'utf8')).toBe(text)
  })

  it('reports the error if the file cannot be written', async () => {
    const { code, error } = await keepsake(['secret', '--write', 'missing/.env'], { cwd: makeDirectory() })
    expect(code).toBe(3)
    expect(error).toContain('missing/.env')
  })
})
