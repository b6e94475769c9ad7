import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError, createSessions } from '@keepsake/core'
import { expect, it } from 'vitest'
import { ROOT } from '../src/pages.ts'

/** The options that the error for an unknown option lists. */
function knownOptions(): string[] {
  try {
    createSessions({ nothing: true } as never)
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('known options: ')[1]?.split(', ') ?? []
  }
  return []
}

it('the README of core explains every option of createSessions', () => {
  const page = readFileSync(join(ROOT, 'packages/core/README.md'), 'utf8')
  const known = knownOptions()
  expect(known).toContain('secrets')
  const table = page.slice(page.indexOf('## Options'))
  const isListed = (option: string): boolean => new RegExp(`^\\|.*\`${option}(?:\`|\\.)`, 'm').test(table)
  expect(known.filter((option) => !isListed(option))).toEqual([])
})
