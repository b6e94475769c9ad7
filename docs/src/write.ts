import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { folderOf, modulesOfPage, readPages, WRITTEN } from './pages.ts'

/** Writes the code of all pages as modules, before the tests use them. */
export function setup(): void {
  rmSync(WRITTEN, { recursive: true, force: true })
  for (const page of readPages()) {
    for (const { file, text } of modulesOfPage(page)) {
      const path = join(folderOf(page), file)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, `${text}\n`)
    }
  }
}
