import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeSuite } from '@keepsake/testing'
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
