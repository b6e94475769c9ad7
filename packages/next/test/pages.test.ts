import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const APP = join(import.meta.dirname, 'app')
const PAGES = ['../../../docs/getting-started/next.md', '../README.md']

/** The files on a page, by name. */
const filesOf = (page: string): (readonly string[])[] =>
  [
    ...readFileSync(join(import.meta.dirname, page), 'utf8').matchAll(/^```tsx\n\/\/ (\S+)\n([^]+?)^```$/gm),
  ].map(([, name = '', code = '']) => [name, code])

it.each(PAGES)('%s shows files of the application that the other tests build with Next.js', (page) => {
  const shown = filesOf(page)
  expect(shown.length).toBeGreaterThan(0)
  const real = shown.map(([name = '']) => {
    // The folder with a dot is a separate route, outside of the guide's folder.
    const file = name.replace(/^app\/(?!\.)/, 'app/guide/')
    return [name, readFileSync(join(APP, file), 'utf8')]
  })
  expect(shown).toEqual(real)
})
