import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeProcessSuite } from '@keepsake/testing'
import { sqliteStore } from '../src/index.ts'

storeProcessSuite('sqliteStore', new URL('./child.ts', import.meta.url), () => {
  const directory = mkdtempSync(join(tmpdir(), 'keepsake-sqlite-'))
  const place = join(directory, 'sessions.db')
  return {
    place,
    directory,
    store: sqliteStore({ path: place }),
    remove: () => rmSync(directory, { recursive: true }),
  }
})
