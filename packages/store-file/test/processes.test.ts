import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeProcessSuite } from '@keepsake/testing'
import { fileStore } from '../src/index.ts'

storeProcessSuite('fileStore', new URL('./child.ts', import.meta.url), () => {
  const place = mkdtempSync(join(tmpdir(), 'keepsake-file-'))
  const store = fileStore({ directory: place })
  const others = () => readdirSync(place).filter((name) => !/^([0-9a-f]{32}|lock-[0-9a-f])$/.test(name))
  return {
    place,
    directory: place,
    store,
    async leftovers() {
      // As if they were an hour old.
      for (const name of others()) utimesSync(join(place, name), 0, Date.now() / 1000 - 3600)
      await store.sweep?.(Date.now())
      return others()
    },
    remove: () => rmSync(place, { recursive: true }),
  }
})
