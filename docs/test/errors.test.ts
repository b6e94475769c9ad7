import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as core from '@keepsake/core'
import * as nodeHttp from '@keepsake/node-http'
import { expect, it } from 'vitest'
import { ROOT } from '../src/pages.ts'

const page = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8')
/** The first cells of the tables' rows, without backquotes. */
const rows = new Set([...page.matchAll(/^\| `(\w+)`(?: \||<br>)/gm)].map(([, cell]) => cell))

it('errors.md explains every error class that the packages export', () => {
  const exported = Object.entries({ ...core, ...nodeHttp })
  const classes = exported.filter(
    ([, value]) => typeof value === 'function' && value.prototype instanceof Error,
  )
  expect(classes.length).toBeGreaterThan(0)
  expect(classes.map(([name]) => name).filter((name) => !rows.has(name))).toEqual([])
})

it('errors.md explains every reason in its hidden lists, which the compiler compares with the types', () => {
  const hidden = page.match(/<!--.*?-->/gs)?.join('') ?? ''
  const listed = [...hidden.matchAll(/(\w+): true/g)].map(([, reason]) => reason)
  expect(listed.length).toBeGreaterThan(0)
  expect(listed.filter((reason) => !rows.has(reason))).toEqual([])
})
