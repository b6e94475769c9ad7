import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const { devDependencies } = JSON.parse(read('../package.json')) as {
  readonly devDependencies: Readonly<Record<string, string>>
}

/** The rows of the page: packages, versions, and the test files that they link to. */
const rows = read('../../../docs/works-with.md')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split(' | '))
  .map(([names = '', versions = '', , test = '']) => ({
    packages: [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    versions: versions.split(', '),
    files: [...test.matchAll(/\(\.\.\/([^)]+)\)/g)].map(([, file = '']) => file),
  }))

it('the page "Works with" links each package to a test that names it', () => {
  const unnamed = rows.filter(({ packages, files }) => {
    const code = files.map((file) => read(`../../../${file}`)).join('')
    return !packages.some((name) => code.includes(`'${name}'`))
  })
  expect(rows.length).toBeGreaterThanOrEqual(45)
  expect(unnamed).toEqual([])
})

it('the page "Works with" names the package versions that its tests use', () => {
  const own = rows.filter(({ files }) => files[0]?.startsWith('packages/works-with/'))
  const named = own.flatMap(({ packages, versions }) =>
    packages.map((name, index) => `${name} ${versions[index] ?? versions[0]}`),
  )
  const run = own.flatMap(({ packages }) =>
    packages.map((name) => `${name} ${devDependencies[name]?.replace('^', '')}`),
  )
  expect(own.length).toBeGreaterThanOrEqual(40)
  expect(named).toEqual(run)
})
