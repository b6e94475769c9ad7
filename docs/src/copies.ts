import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { blocksOf, fileOf } from './blocks.ts'
import { type Page, ROOT } from './pages.ts'

/** The blocks of a page that differ from their file. */
export function wrongCopies({ path, markdown }: Page): string[] {
  return blocksOf(markdown).flatMap((block) => {
    const file = fileOf(block)
    if (file === undefined || readFileSync(join(ROOT, file), 'utf8') === `${block.code}\n`) return []
    return [`${path}:${block.line}: the block differs from ${file}`]
  })
}
