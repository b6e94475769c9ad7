import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeProcessSuite } from '@keepsake/testing'
import { fileStore } from '../src/index.ts'

storeProcessSuite('fileStore', new URL('./child.ts', import.meta.url), () => {
  const place = mkdtempSync(join(tmpdir(), 'keepsake-file-'))
  const leftovers = () => readdirSync(place).filter((name) => !/^([0-9a-f]{64}|lock-[0-9a-f])$/.test(name))
  return {
    place,
    directory: place,
    store: fileStore({ directory: place }),
    leftovers,
    remove: () => rmSync(place, { recursive: true }),
  }
})
