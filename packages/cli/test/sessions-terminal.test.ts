import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '@keepsake/test-services'
import { describe, expect, it } from 'vitest'
import { applicationWith, interruptedModule, listedIn, sessionsFor } from './sessions-support.ts'
import { commandLine, keepsakeProcess, NODE_COMPILE_CACHE } from './support.ts'

/** That of util-linux, which gives a command a terminal; others know no such options. */
const hasScript = process.platform === 'linux' && findProgram(['script']) !== undefined

const LOGINS = [{ subject: 'ada', age: 600 }, { subject: 'bob', age: 600 }, {}]
const OF_ADA = ['--subject', 'ada']

/** Runs the command on a terminal, where somebody types the answer when he is asked; what the screen got, and the exit code. */
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
  ])('asks before it revokes by %j, and does by a yes', async (filters, question, done, left) => {
    const cwd = await applicationWith(...LOGINS)
    const { code, screen } = await onTerminal(cwd, ['revoke', ...filters], 'y\n')
    expect(screen).toContain(question)
    expect(screen).toContain(done)
    expect(code).toBe(0)
    expect(await listedIn(cwd)).toHaveLength(left)
  })

  it.each([
    ['a no', 'n\n', 1, 'nothing was revoked'],
    ['nothing', '\n', 1, 'nothing was revoked'],
    ['Ctrl-C', '\u0003', 130, 'stopped; nothing was revoked'],
    ['Ctrl-D', '\u0004', 1, 'nothing was revoked'],
  ])('revokes nothing by %s', async (_, answer, exit, said) => {
    const cwd = await applicationWith(...LOGINS)
    const { code, screen } = await onTerminal(cwd, ['revoke', '--logged-in'], answer)
    expect(screen).toContain(said)
    expect(code).toBe(exit)
    expect(await listedIn(cwd)).toHaveLength(3)
  })

  it('draws a bar while it reads and while it revokes, and takes it away', async () => {
    const cwd = await applicationWith(...manyLogins(100))
    const { screen } = await onTerminal(cwd, ['revoke', '--logged-in'], 'y\n')
    expect(screen).toContain(`\r\u001B[K[${'#'.repeat(15)}${' '.repeat(15)}] 50 of 100 read`)
    expect(screen).toContain(`\r\u001B[K[${'#'.repeat(30)}] 100 of 100 revoked`)
    expect(screen.trimEnd().endsWith('\r\u001B[K100 revoked')).toBe(true)
  })
})

describe('keepsake sessions, in a pipe,', () => {
  it('says in whole lines how far it has come, on standard error, and nothing of it where that is soon', async () => {
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

describe('keepsake sessions, when Ctrl-C comes,', () => {
  it('stops to list, prints no half of a list, and says how far it came', async () => {
    const cwd = await applicationWith(...manyLogins(40))
    writeFileSync(join(cwd, 'sessions.mjs'), interruptedModule('all', 30))
    const run = await keepsakeProcess(['sessions', 'list', '--module', 'sessions.mjs'], { cwd })
    expect(run).toEqual({ code: 130, out: '', error: 'keepsake sessions: stopped; 29 read\n' })
  })

  it('stops to revoke after those that have begun, and says how many have ended', async () => {
    const cwd = await applicationWith(...manyLogins(50))
    writeFileSync(join(cwd, 'sessions.mjs'), interruptedModule('replace', 20))
    const run = await keepsakeProcess(['sessions', 'revoke', '--all', '--yes', '--module', 'sessions.mjs'], {
      cwd,
    })
    expect(run).toEqual({ code: 130, out: '', error: 'keepsake sessions: stopped; 32 of 50 revoked\n' })
    writeFileSync(join(cwd, 'sessions.mjs'), interruptedModule('all', 0))
    expect(await listedIn(cwd)).toHaveLength(18)
  })

  it('hears it although the store answers at once, and nothing is ever waited for', async () => {
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
