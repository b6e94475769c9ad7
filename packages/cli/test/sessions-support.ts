import { randomUUID } from 'node:crypto'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSessions } from '@keepsake/core'
import { sqliteStore } from '@keepsake/store-sqlite'
import { keepsake, makeDirectory, type Run, type RunOptions } from './support.ts'

export const SECRET = 'kq2Yw0bT7mXvR4cJ9sLz1eUoP6hNdFgA5iVtB8yCxWE'

export const MODULE = `
import { createSessions } from '${import.meta.resolve('@keepsake/core')}'
import { sqliteStore } from '${import.meta.resolve('@keepsake/store-sqlite')}'
export const sessions = createSessions({
  secrets: process.env.SESSION_SECRET,
  store: sqliteStore({ path: import.meta.dirname + '/sessions.db' }),
})
`

/** The store sends Ctrl-C to its own process in its n-th operation, and waits until it has been handled. */
export const interruptedModule = (method: 'all' | 'replace', times: number): string => `
import { createSessions } from '${import.meta.resolve('@keepsake/core')}'
import { sqliteStore } from '${import.meta.resolve('@keepsake/store-sqlite')}'
const store = sqliteStore({ path: import.meta.dirname + '/sessions.db' })
let left = ${times}
async function countdown() {
  if (--left !== 0) return
  const heard = new Promise((resolve) => process.once('SIGINT', resolve))
  process.kill(process.pid, 'SIGINT')
  await heard
}
const interrupted = {
  async *all() {
    for await (const one of store.all()) {
      await countdown()
      yield one
    }
  },
  async replace(...values) {
    await countdown()
    return store.replace(...values)
  },
}
export const sessions = createSessions({
  secrets: process.env.SESSION_SECRET,
  store: { ...store, ${method}: interrupted.${method} },
})
`

export interface Login {
  /** Undefined for an anonymous visitor. */
  readonly subject?: string
  readonly label?: string
  /** How many seconds ago it began. */
  readonly age?: number
}

/** Creates a directory with an application whose store contains these sessions. */
export async function applicationWith(...logins: readonly Login[]): Promise<string> {
  const cwd = makeDirectory()
  writeFileSync(join(cwd, 'sessions.mjs'), MODULE)
  writeFileSync(join(cwd, '.env'), `SESSION_SECRET=${SECRET}\n`)
  let time = Date.now()
  const sessions = createSessions<{ cart: string[] }>({
    secrets: [SECRET],
    store: sqliteStore({ path: join(cwd, 'sessions.db') }),
    now: () => time,
  })
  const begun = Date.now()
  for (const { subject, label, age = 0 } of logins) {
    time = begun - age * 1000
    const { session, close } = await sessions.open(undefined)
    session.cart = ['secret']
    if (subject !== undefined) session.login(subject, { keep: ['cart'], label })
    await close()
  }
  await sessions.close()
  return cwd
}

export interface JsonRun extends Run {
  readonly json: unknown
}

/** Runs `keepsake sessions` there, in this process. */
export async function sessionsFor(options: RunOptions, ...args: readonly string[]): Promise<Run> {
  // A process loads a module only once, and the command closes its store at the end.
  const module = `sessions-${randomUUID()}.mjs`
  cpSync(join(options.cwd, 'sessions.mjs'), join(options.cwd, module))
  return keepsake(['sessions', '--module', module, ...args], options)
}

/** The same in a separate process, without a terminal. */
export async function sessionsIn(cwd: string, ...args: readonly string[]): Promise<JsonRun> {
  const run = await sessionsFor({ cwd }, '--json', ...args)
  return { ...run, json: run.out === '' ? undefined : JSON.parse(run.out) }
}

export interface Listed {
  readonly handle: string
  readonly subject?: string
}

export async function listedIn(cwd: string, ...args: readonly string[]): Promise<readonly Listed[]> {
  const { json } = await sessionsIn(cwd, 'list', ...args)
  return (json as { readonly sessions: readonly Listed[] }).sessions
}
