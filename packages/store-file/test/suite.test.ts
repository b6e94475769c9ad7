import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeSuite } from '@keepsake/testing'
import { fileStore } from '../src/index.ts'

// A disk in memory if there is one, because the suite flushes some ten thousand files.
const disk = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

storeSuite('fileStore', (now) => {
  const directory = mkdtempSync(join(disk, 'keepsake-file-'))
  const open = () => fileStore({ directory, now })
  const dump = () => Buffer.concat(readdirSync(directory).map((name) => readFileSync(join(directory, name))))
  return { store: open(), another: open, dump, remove: () => rmSync(directory, { recursive: true }) }
})
