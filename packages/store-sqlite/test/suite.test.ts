import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeSuite } from '@keepsake/testing'
import Database from 'better-sqlite3'
import { sqliteStore } from '../src/index.ts'

const makeDirectory = () => mkdtempSync(join(tmpdir(), 'keepsake-sqlite-'))
const dump = (directory: string) =>
  Buffer.concat(readdirSync(directory).map((name) => readFileSync(join(directory, name))))

storeSuite('sqliteStore', (now) => {
  const directory = makeDirectory()
  const open = () => sqliteStore({ path: join(directory, 'sessions.db'), now })
  const remove = () => rmSync(directory, { recursive: true })
  return { store: open(), another: open, dump: () => dump(directory), remove }
})

storeSuite('sqliteStore, in memory', (now) => ({ store: sqliteStore({ path: ':memory:', now }) }))

storeSuite('sqliteStore over better-sqlite3', (now) => {
  const directory = makeDirectory()
  const open = () => {
    const database = new Database(join(directory, 'sessions.db'))
    database.pragma('journal_mode = WAL')
    return { ...sqliteStore({ database, now }), close: () => void database.close() }
  }
  const remove = () => rmSync(directory, { recursive: true })
  return { store: open(), another: open, dump: () => dump(directory), remove }
})
