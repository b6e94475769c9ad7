import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { blocksOf } from './blocks.ts'
import { FRAMES } from './frames.ts'
import { type Module, modulesOf } from './modules.ts'

export const ROOT: string = join(import.meta.dirname, '../..')

/** Where the modules are written: inside this package, so that they find its dependencies. */
export const WRITTEN: string = join(import.meta.dirname, '../.blocks')

const PAGES = ['*.md', 'docs/**/*.md', 'packages/*/*.md']
const NOT_OURS = /node_modules|CHANGELOG|^docs\/api\//

export interface Page {
  /** Its path from the root, with slashes. */
  readonly path: string
  readonly markdown: string
}

/** Every page for users. */
export function readPages(): readonly Page[] {
  return globSync(PAGES, { cwd: ROOT, exclude: ['**/node_modules/**'] })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !NOT_OURS.test(path))
    .sort()
    .map((path) => ({ path, markdown: readFileSync(join(ROOT, path), 'utf8') }))
}

/** The modules of a page; errors name the page. */
export function modulesOfPage({ path, markdown }: Page): Module[] {
  try {
    return modulesOf(blocksOf(markdown), FRAMES)
  } catch (error) {
    throw new Error(`${path}, ${(error as Error).message}`, { cause: error })
  }
}

/** The folder of a page's modules. */
export const folderOf = (page: Page): string => join(WRITTEN, page.path.replaceAll(/\.md$|[./]/g, '_'))
