import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeProcessSuite } from '@keepsake/testing'
import { openMoving } from './open-moving.ts'

storeProcessSuite('movingStore', new URL('./moving-child.ts', import.meta.url), () => {
  const directory = mkdtempSync(join(tmpdir(), 'keepsake-moving-'))
  const place = join(directory, 'sessions.db')
  return {
    place,
    directory,
    store: openMoving(place, 'on'),
    remove: () => rmSync(directory, { recursive: true }),
  }
})
