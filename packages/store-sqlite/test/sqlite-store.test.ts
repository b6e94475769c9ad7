import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createSessions } from '@keepsake/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sqliteStore } from '../src/index.ts'

const HOUR_MS = 3_600_000
const key = 'ab'.repeat(16)
const record = (text: string, inMs = HOUR_MS) => ({ text, expiresAt: Date.now() + inMs })

let directory = ''
let path = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'keepsake-sqlite-'))
  path = join(directory, 'sessions.db')
})
afterEach(() => rmSync(directory, { recursive: true }))

describe('the database of an SQLite store', () => {
  it('is created on first use, and its files are accessible to their owner only', async () => {
    const store = sqliteStore({ path })
    expect(readdirSync(directory)).toEqual([])
    await store.create(key, record('text'))
    expect(readdirSync(directory)).toContain('sessions.db')
    for (const name of readdirSync(directory))
      expect([name, (statSync(join(directory, name)).mode & 0o777).toString(8)]).toEqual([name, '600'])
    await store.close?.()
  })

  it('that cannot be opened rejects each call until it can be opened', async () => {
    const store = sqliteStore({ path: join(directory, 'later', 'sessions.db') })
    await expect(store.read(key)).rejects.toThrow()
    await expect(store.create(key, record('text'))).rejects.toThrow()
    await expect(store.sweep?.(0)).rejects.toThrow()
    const other = sqliteStore({ path })
    writeFileSync(path, 'no database, but long enough for the header of one'.repeat(10))
    await expect(other.read(key)).rejects.toThrow('not a database')
    rmSync(path)
    expect(await other.create(key, record('text'))).toBe(true)
    await other.close?.()
  })

  it('can be one that the application has opened, and then the store does not close it', async () => {
    const database = new DatabaseSync(path)
    const store = sqliteStore({ database, table: 'web_sessions' })
    await store.create(key, record('text'))
    await store.close?.()
    expect(database.prepare('SELECT key, text FROM web_sessions').all()).toEqual([{ key, text: 'text' }])
    database.close()
  })

  it('that is read-only lets the store read records, and makes each write fail', async () => {
    const writer = sqliteStore({ path })
    await writer.create(key, record('text'))
    const database = new DatabaseSync(path, { readOnly: true })
    const reader = sqliteStore({ database })
    expect(await reader.read(key)).toBe('text')
    await expect(reader.replace(key, 'text', record('next'))).rejects.toThrow('readonly')
    await expect(reader.delete(key)).rejects.toThrow('readonly')
    database.close()
    await writer.close?.()
  })

  it('makes a write wait while another process writes, and fail if that takes too long', async () => {
    const store = sqliteStore({ path })
    await store.create(key, record('text'))
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    const replaced = store.replace(key, 'text', record('next'))
    expect(await store.read(key)).toBe('text')
    other.exec('ROLLBACK')
    expect(await replaced).toBe(true)
    other.exec('BEGIN IMMEDIATE')
    await expect(store.delete(key)).rejects.toThrow('locked')
    other.exec('ROLLBACK')
    other.close()
    expect(await store.read(key)).toBe('next')
    await store.close?.()
  })

  it('in memory keeps its records when a call fails', async () => {
    const store = sqliteStore({ path: ':memory:' })
    await store.create(key, record('text'))
    await expect(store.delete(undefined as unknown as string)).rejects.toThrow('bound')
    expect(await store.read(key)).toBe('text')
    await store.close?.()
  })

  it('is not reopened by a call after the store was closed', async () => {
    const store = sqliteStore({ path })
    await store.close?.()
    await expect(store.read(key)).rejects.toThrow('the store is closed')
    expect(readdirSync(directory)).toEqual([])
  })
})

describe('the options of an SQLite store', () => {
  it.each(['', '1st', 'a-b', 'a b', 'a"b', "a'; DROP TABLE users; --", 'täble', 'a\n', 'main.sessions'])(
    'do not accept the table name %j',
    (table) => {
      expect(() => sqliteStore({ path, table })).toThrow('table: expected letters')
    },
  )

  it('must name either a path or a database, not both', () => {
    expect(() => sqliteStore({})).toThrow('path: use either path or database')
    const database = new DatabaseSync(':memory:')
    expect(() => sqliteStore({ path, database })).toThrow('path: use either path or database')
    database.close()
    expect(() => sqliteStore({ path: '' })).toThrow('path: expected the name of a file')
  })
})

describe('a damaged row', () => {
  const damages: Record<string, string> = {
    emptied: `text = ''`,
    'cut in half': `text = substr(text, 1, length(text) / 2)`,
    'cut at its last character': `text = substr(text, 1, length(text) - 1)`,
    'with a character changed': `text = substr(text, 1, 40) || iif(substr(text, 41, 1) = '-', '_', '-') || substr(text, 42)`,
    'turned into bytes': `text = x'fffe0080'`,
    'with bytes that are not UTF-8': `text = CAST(x'fffe0080' AS TEXT)`,
    'written by another program': `text = '{"cookie":{}}'`,
    'moved here from another key': `text = (SELECT text FROM sessions ORDER BY rowid DESC LIMIT 1)`,
    'with an expiry that is not a number': `expires_at = 'soon', text = 'x'`,
  }

  it.each(Object.keys(damages))(
    '%s gives a new empty session, and the next request can save it',
    async (name) => {
      const sessions = createSessions({
        secrets: ['s3cret-of-the-test-1234567890abcdef-XYZ'],
        store: sqliteStore({ path }),
      })
      const write = async (cookie: string | undefined, note: string): Promise<string> => {
        const visit = await sessions.open(cookie)
        visit.session['note'] = note
        return cookieOf(await visit.close())
      }
      const cookie = await write(undefined, 'kept')
      await write(undefined, 'of another session')
      const database = new DatabaseSync(path)
      database.exec(`UPDATE sessions SET ${damages[name]} WHERE rowid = (SELECT min(rowid) FROM sessions)`)
      database.close()

      expect(Object.assign({}, (await sessions.open(cookie)).session)).toEqual({})
      const next = await write(cookie, 'new')
      expect(Object.assign({}, (await sessions.open(next)).session)).toEqual({ note: 'new' })
      await sessions.close()
    },
  )
})

function cookieOf(headers: readonly (readonly [string, string])[]): string {
  const [, line = ''] = headers.find(([name]) => name === 'Set-Cookie') ?? []
  return line.slice(0, line.indexOf(';'))
}
