import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

it('the page "Works with" names the framework versions whose recipes are tested', () => {
  const { devDependencies } = JSON.parse(read('../package.json')) as {
    readonly devDependencies: Readonly<Record<string, string>>
  }
  const rows = read('../../../docs/works-with.md')
    .split('\n')
    .filter((line) => line.includes('(../packages/recipes/test/'))
    .map((line) => /^\| `(.+?)` \| (.+?) \| .*\(\.\.(\/packages\/recipes\/test\/.+?)\)/.exec(line) ?? [])
  expect(rows.map(([, name, version]) => `${name} ${version}`)).toEqual(
    ['@react-router/dev', '@sveltejs/kit', 'astro'].map((name) => `${name} ${devDependencies[name]}`),
  )
  for (const [, name, , test] of rows) expect(read(`../../..${test}`)).toContain(`framework: '${name}'`)
})
