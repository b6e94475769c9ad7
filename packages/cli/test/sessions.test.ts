import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sqliteStore } from '@keepsake/store-sqlite'
import { describe, expect, it } from 'vitest'
import { applicationWith, listedIn, MODULE, SECRET, sessionsFor, sessionsIn } from './sessions-support.ts'
import { keepsake, keepsakeProcess, makeDirectory } from './support.ts'

const LOGINS = [
  { subject: 'ada', label: 'phone', age: 50 * 60 },
  { subject: 'ada', age: 5 * 60 },
  { subject: 'bob', age: 20 * 60 },
  { age: 30 * 60 },
]

describe('keepsake sessions list', () => {
  it('shows the users, last seen first, and nothing that opens a session', async () => {
    const cwd = await applicationWith(...LOGINS)
    // Keeps the process alive, as a database client does.
    appendFileSync(join(cwd, 'sessions.mjs'), 'setInterval(() => {}, 1000)\n')
    const { code, out } = await keepsakeProcess(['sessions', 'list', '--module', 'sessions.mjs'], { cwd })
    expect(code).toBe(0)
    const [head, ...lines] = out.trimEnd().split('\n')
    expect(head).toMatch(/^HANDLE +SUBJECT +CREATED +LAST SEEN +ENDS +BYTES +LABEL$/)
    expect(lines.map((line) => line.split(/ {2,}/).slice(1, 4).join())).toEqual([
      'ada,5 minutes ago,5 minutes ago',
      'bob,20 minutes ago,20 minutes ago',
      '(anonymous),30 minutes ago,30 minutes ago',
      'ada,50 minutes ago,50 minutes ago',
    ])
    expect(lines[3]).toMatch(/ phone$/)
    expect(out).not.toContain('secret')
    const texts: string[] = []
    for await (const one of sqliteStore({ path: join(cwd, 'sessions.db') }).all?.() ?? []) texts.push(...one)
    for (const text of texts) expect(out).not.toContain(text)
  })

  it.each([
    [
      ['--subject', 'ada'],
      ['ada', 'ada'],
    ],
    [['--subject', 'eve'], []],
    [['--logged-in'], ['ada', 'bob', 'ada']],
    [['--anonymous'], [undefined]],
    [
      ['--older-than', '25m'],
      [undefined, 'ada'],
    ],
    [
      ['--newer-than', '25m'],
      ['ada', 'bob'],
    ],
    [
      ['--idle', '15m', '--logged-in'],
      ['bob', 'ada'],
    ],
    [['--subject', 'ada', '--older-than', '40m'], ['ada']],
  ])('with %j lists the matching sessions, and count returns their number', async (filters, subjects) => {
    const cwd = await applicationWith(...LOGINS)
    expect((await listedIn(cwd, ...filters)).map(({ subject }) => subject)).toEqual(subjects)
    expect((await sessionsIn(cwd, 'count', ...filters)).json).toEqual({ count: subjects.length })
  })

  it('says as text that there are no sessions', async () => {
    const cwd = makeDirectory()
    writeFileSync(join(cwd, 'sessions.mjs'), MODULE)
    const options = { cwd, env: { SESSION_SECRET: SECRET } }
    expect(await sessionsFor(options, 'list')).toMatchObject({ code: 0, out: 'no sessions\n' })
    expect(await sessionsFor(options, 'count')).toMatchObject({ code: 0, out: '0\n' })
  })
})

describe('keepsake sessions show', () => {
  it('shows a session by its handle, with only the names and size of its data, and exits with 1 for an unknown handle', async () => {
    const cwd = await applicationWith(...LOGINS)
    const [{ handle } = { handle: '' }] = await listedIn(cwd, '--subject', 'bob')
    const { code, out } = await sessionsFor({ cwd }, 'show', '--', handle)
    expect(code).toBe(0)
    expect(out).toMatch(/^ {2}subject +bob$/m)
    expect(out).toMatch(/^ {2}created +\S+Z {2}\(20 minutes ago\)$/m)
    expect(out).toMatch(/^ {2}keys +cart$/m)
    expect(out).not.toContain('secret')
    expect((await sessionsIn(cwd, 'show', '--', handle)).json).toMatchObject({
      session: { handle, subject: 'bob', keys: ['cart'], permanent: false },
    })
    expect(await sessionsIn(cwd, 'show', 'A'.repeat(43))).toMatchObject({ code: 1, json: { session: null } })
  })
})

describe('keepsake sessions revoke', () => {
  it('revokes a session by its handle, once, and not if --subject names another user', async () => {
    const cwd = await applicationWith({ subject: 'ada' }, { subject: 'ada' }, {})
    const [{ handle } = { handle: '' }] = await listedIn(cwd, '--subject', 'ada')
    const [anonymous] = await listedIn(cwd, '--anonymous')
    const revoke = (...args: readonly string[]) => sessionsIn(cwd, 'revoke', ...args)
    expect(await revoke('--subject', 'bob', '--', handle)).toMatchObject({
      code: 1,
      json: { revoked: false },
    })
    expect(await revoke('--', handle)).toMatchObject({ code: 0, json: { revoked: true } })
    expect(await revoke('--subject', 'ada', '--', handle)).toMatchObject({
      code: 1,
      json: { revoked: false },
    })
    expect(await revoke('--', anonymous?.handle ?? '')).toMatchObject({ code: 0, json: { revoked: true } })
    expect((await listedIn(cwd)).map(({ subject }) => subject)).toEqual(['ada'])
  })

  it.each([
    [['--subject', 'ada'], 2, ['bob', undefined]],
    [['--anonymous'], 1, ['ada', 'bob', 'ada']],
    [['--idle', '25m'], 2, ['ada', 'bob']],
    [['--all'], 4, []],
    [['--subject', 'eve'], 0, ['ada', 'bob', undefined, 'ada']],
    [['--idle', '55m'], 0, ['ada', 'bob', undefined, 'ada']],
  ])('%j --yes revokes the matching sessions and no others', async (filters, revoked, left) => {
    const cwd = await applicationWith(...LOGINS)
    expect(await sessionsIn(cwd, 'revoke', ...filters, '--yes')).toMatchObject({ code: 0, json: { revoked } })
    expect((await listedIn(cwd)).map(({ subject }) => subject)).toEqual(left)
  })

  it.each([
    [['--subject', 'ada'], keepsakeProcess],
    [['--idle', '1m'], keepsake],
    [['--all'], keepsake],
  ])('%j refuses without --yes if there is no terminal', async (filters, command) => {
    const cwd = await applicationWith(...LOGINS)
    const args = ['sessions', 'revoke', '--module', 'sessions.mjs', ...filters]
    const { code, error } = await command(args, { cwd })
    expect(code).toBe(1)
    expect(error).toContain('nothing was revoked. --yes revokes without asking')
    expect(await listedIn(cwd)).toHaveLength(LOGINS.length)
  })

  it('revokes the cookie-mode sessions of a subject, and says that their number is unknown', async () => {
    const cwd = makeDirectory()
    writeFileSync(join(cwd, '.env'), `SESSION_SECRET=${SECRET}\n`)
    writeFileSync(join(cwd, 'sessions.mjs'), MODULE.replace('store:', 'revocation:'))
    const args = ['revoke', '--subject', 'ada', '--yes']
    expect((await sessionsIn(cwd, ...args)).json).toEqual({ revoked: null })
    expect(await sessionsFor({ cwd }, ...args)).toMatchObject({
      code: 0,
      out: 'all revoked; their number is unknown\n',
    })
  })
})

describe('keepsake sessions', () => {
  it.each([
    [[], 'expected list, count, show, revoke'],
    [['toString'], 'expected list, count, show, revoke'],
    [['list', 'ada'], 'list: expected options only'],
    [['count', 'ada'], 'count: expected options only'],
    [['show'], 'show: expected one HANDLE'],
    [['revoke', 'a', 'b'], 'revoke: expected one HANDLE'],
    [['revoke'], 'give a HANDLE, a filter, or --all'],
    [['revoke', '--yes'], 'give a HANDLE, a filter, or --all'],
    [['revoke', '--all', '--idle', '1h'], '--all cannot be combined with a filter'],
    [['revoke', 'a', '--idle', '1h'], 'a HANDLE allows no filter'],
    [['list', '--all'], '--all and --yes belong to revoke'],
    [['list', '--anonymous', '--logged-in'], '--anonymous cannot be combined'],
    [['list', '--anonymous', '--subject', 'ada'], '--anonymous cannot be combined'],
    [['list', '--subject', ''], '--subject: expected the id of a user'],
    [['list', '--idle', 'long'], '--idle: expected a duration such as 30m'],
    [['list', '--older-than', '3600'], '--older-than: expected a duration'],
  ])('keepsake sessions %j exits with 2 and names the mistake', async (args, problem) => {
    const { code, error } = await keepsake(['sessions', ...args], { cwd: makeDirectory() })
    expect(code).toBe(2)
    expect(error).toContain(problem)
  })
})
