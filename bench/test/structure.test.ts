import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { longestChain, structureOf } from '../src/structure.ts'

describe('the structure of a package', () => {
  it('its floors are the longest import chain, not the first one found', () => {
    const imports = new Map([
      ['index.ts', ['errors.ts', 'visit.ts', '../package.json']],
      ['visit.ts', ['token.ts']],
      ['token.ts', ['errors.ts']],
      ['errors.ts', []],
    ])
    expect(longestChain(imports)).toEqual(['index.ts', 'visit.ts', 'token.ts', 'errors.ts'])
  })

  it('an import cycle is rejected with the names of its files', () => {
    const imports = new Map([
      ['a.ts', ['b.ts']],
      ['b.ts', ['a.ts']],
    ])
    expect(() => longestChain(imports)).toThrow('a.ts → b.ts → a.ts is an import cycle')
  })

  it('the longest chain of core begins with a public entry and ends with a file without imports', () => {
    const { chain, files, lines } = structureOf('core')
    expect(chain[0]).toMatch(/^(index|sealer|adapter|store)\.ts$/)
    expect(chain.length).toBeLessThan(files)
    expect(lines).toBeGreaterThan(files)
  })
})

describe('the count of files that a write passes through', () => {
  it('does not differ between two processes that load core from its sources', () => {
    const child = fileURLToPath(new URL('../src/figures/child.ts', import.meta.url))
    const count = (): unknown =>
      JSON.parse(
        execFileSync(process.execPath, ['--conditions=@keepsake/source', child, 'files-passed'], {
          encoding: 'utf8',
        }),
      )
    const found = count()
    expect(found).toEqual([
      expect.objectContaining({
        value: expect.objectContaining({ median: expect.any(Number) as number }) as object,
      }),
    ])
    expect(count()).toEqual(found)
  })
})
