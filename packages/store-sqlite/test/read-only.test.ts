import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const CHILD = fileURLToPath(new URL('./read-only-child.ts', import.meta.url))

it.runIf(process.platform !== 'win32')(
  'a store that was opened with a read-only file writes once the file becomes writable',
  () => {
    const said = execFileSync(process.execPath, ['--conditions=@keepsake/source', CHILD], {
      encoding: 'utf8',
    })
    expect(JSON.parse(said)).toEqual(['one', 'attempt to write a readonly database', 'one', true, 'two'])
  },
)
