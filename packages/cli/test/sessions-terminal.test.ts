import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '@keepsake/test-services'
import { describe, expect, it } from 'vitest'
import { applicationWith, interruptedModule, listedIn, sessionsFor } from './sessions-support.ts'
import { commandLine, keepsakeProcess, NODE_COMPILE_CACHE } from './support.ts'

/** The `script` command of util-linux, which provides a terminal; other versions do not have these options. */
const hasScript = process.platform === 'linux' && findProgram(['script']) !== undefined

const LOGINS = [{ subject: 'ada', age: 600 }, { subject: 'bob', age: 600 }, {}]
const OF_ADA = ['--subject', 'ada']

/** Runs the command on a terminal, types the answer when asked, and returns the screen's text and the exit code. */
async function onTerminal(cwd: string, args: readonly string[], answer: string) {
  const line = commandLine(['sessions', ...args, '--module', 'sessions.mjs'])
  const env = { PATH: process.env['PATH'], TERM: 'xterm', NODE_COMPILE_CACHE }
  const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], { cwd, env })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  let screen = ''
  child.stdout.on('data', (chunk: Buffer) => {
    const isAsked = !screen.includes('[y/N]')
    screen += String(chunk)
    if (isAsked && screen.includes('[y/N]')) child.stdin.write(answer)
  })
  return { code: await ended, screen }
}

const manyLogins = (count: number) => Array.from({ length: count }, () => ({ subject: 'ada', age: 60 }))

describe.skipIf(!hasScript)('keepsake sessions, on a terminal,', () => {
  it.each([
    [['--idle', '5m'], 'Revoke 2 sessions?', '2 revoked', 1],
    [OF_ADA, 'Revoke all sessions of this subject?', '1 revoked', 2],
  ])('asks before it revokes with %j, and revokes after a yes', async (filters, question, done, left) => {
    const cwd = await applicationWith(...LOGINS)
    const { code, screen } = await onTerminal(cwd, ['revoke', ...filters], 'y\n')
    expect(screen).toContain(question)
    expect(screen).toContain(done)
    expect(code).toBe(0)
    expect(await listedIn(cwd)).toHaveLength(left)
  })

  it.each([
    ['a no', 'n\n', 1, 'nothing was revoked'],
    ['an empty line', '\n', 1, 'nothing was revoked'],
    ['Ctrl-C', '\u0003', 130, 'stopped; nothing was revoked'],
    ['Ctrl-D', '\u0004', 1, 'nothing was revoked'],
  ])('revokes nothing if the answer is %s', async (_, answer, exit, said) => {
    const cwd = await applicationWith(...LOGINS)
    const { code, screen } = await onTerminal(cwd, ['revoke', '--logged-in'], answer)
    expect(screen).toContain(said)
    expect(code).toBe(exit)
    expect(await listedIn(cwd)).toHaveLength(3)
  })

  it('draws a progress bar while it reads and revokes, and removes it at the end', async () => {
    const cwd = await applicationWith(...manyLogins(100))
    const { screen } = await onTerminal(cwd, ['revoke', '--logged-in'], 'y\n')
    expect(screen).toContain(`\r\u001B[K[${'#'.repeat(15)}${' '.repeat(15)}] 50 of 100 read`)
    expect(screen).toContain(`\r\u001B[K[${'#'.repeat(30)}] 100 of 100 revoked`)
    expect(screen.trimEnd().endsWith('\r\u001B[K100 revoked')).toBe(true)
  })
})

describe('keepsake sessions, in a pipe,', () => {
  it('reports progress in whole lines on standard error, and reports none if the work is short', async () => {
    const cwd = await applicationWith(...manyLogins(2001))
    expect(await sessionsFor({ cwd }, 'count', '--logged-in')).toEqual({
      code: 0,
      out: '2001\n',
      error: '1000 read\n2000 read\n',
    })
    const args = ['sessions', 'revoke', '--logged-in', '--yes', '--module', 'sessions.mjs']
    const { out, error } = await keepsakeProcess(args, { cwd })
    expect(out).toBe('2001 revoked\n')
    expect(error).toBe('1000 read\n2000 read\n1000 of 2001 revoked\n2000 of 2001 revoked\n')
    expect(await sessionsFor({ cwd }, 'count', '--logged-in')).toEqual({ code: 0, out: '0\n', error: '' })
  })
})

describe('keepsake sessions, on Ctrl-C,', () => {
  it('stops listing, prints no partial list, and reports the progress', async () => {
    const cwd = await applicationWith(...manyLogins(40))
    writeFileSync(join(cwd, 'sessions.mjs'), interruptedModule('all', 30))
    const run = await keepsakeProcess(['sessions', 'list', '--module', 'sessions.mjs'], { cwd })
    expect(run).toEqual({ code: 130, out: '', error: 'keepsake sessions: stopped; 29 read\n' })
  })

  it('stops revoking after the current batch, and reports how many were revoked', async () => {
    const cwd = await applicationWith(...manyLogins(50))
    writeFileSync(join(cwd, 'sessions.mjs'), interruptedModule('replace', 20))
    const run = await keepsakeProcess(['sessions', 'revoke', '--all', '--yes', '--module', 'sessions.mjs'], {
      cwd,
    })
    expect(run).toEqual({ code: 130, out: '', error: 'keepsake sessions: stopped; 32 of 50 revoked\n' })
    writeFileSync(join(cwd, 'sessions.mjs'), interruptedModule('all', 0))
    expect(await listedIn(cwd)).toHaveLength(18)
  })

  it('stops even if the store answers at once and never waits for I/O', async () => {
    const cwd = await applicationWith(...manyLogins(200))
    const busy = interruptedModule('replace', 20)
      .replace('await heard', '')
      .replace('async replace', 'replace')
    writeFileSync(
      join(cwd, 'sessions.mjs'),
      busy.replace('await countdown()\n    return store.replace', 'countdown()\n    return store.replace'),
    )
    const run = await keepsakeProcess(['sessions', 'revoke', '--all', '--yes', '--module', 'sessions.mjs'], {
      cwd,
    })
    expect(run).toMatchObject({ code: 130, out: '' })
    expect(run.error).toMatch(/stopped; \d+ of 200 revoked/)
  })
})
