import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeSuite } from '@keepsake/testing'
import Database from 'better-sqlite3'
import { sqliteStore } from '../src/index.ts'

storeSuite('sqliteStore over better-sqlite3', (now) => {
  const directory = mkdtempSync(join(tmpdir(), 'keepsake-sqlite-'))
  const open = () => {
    const database = new Database(join(directory, 'sessions.db'))
    database.pragma('journal_mode = WAL')
    return { ...sqliteStore({ database, now }), close: () => void database.close() }
  }
  const dump = () => Buffer.concat(readdirSync(directory).map((name) => readFileSync(join(directory, name))))
  return { store: open(), another: open, dump, remove: () => rmSync(directory, { recursive: true }) }
})
