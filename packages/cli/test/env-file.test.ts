import { parseEnv } from 'node:util'
import { array, assert, constantFrom, property } from 'fast-check'
import { expect, it } from 'vitest'
import { UsageError } from '../src/command.ts'
import { withVariable } from '../src/env-file.ts'

const piece = constantFrom('A', 'KEY', '=', '"', "'", '#', '\n', '\r\n', ' ', 'export ', 'x', '\\', '`')

it('writing a secret changes one variable of a .env file and nothing else, or refuses, for any content', () => {
  let changed = 0
  assert(
    property(array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('')
      try {
        const { KEY, ...others } = parseEnv(withVariable(text, 'KEY', 'fresh'))
        const { KEY: _, ...before } = parseEnv(text)
        expect({ KEY, others }).toEqual({ KEY: 'fresh', others: before })
        changed++
      } catch (error) {
        if (!(error instanceof UsageError)) throw error
      }
    }),
  )
  expect(changed).toBeGreaterThan(0)
})

it('writing a secret keeps the line endings of the .env file', () => {
  expect(withVariable('A=1\r\nKEY=\r\nB=2', 'KEY', 'fresh')).toBe('A=1\r\nKEY=fresh\r\nB=2')
  expect(withVariable('A=1\r\n', 'KEY', 'fresh')).toBe('A=1\r\nKEY=fresh\r\n')
  expect(withVariable('A=1', 'KEY', 'fresh')).toBe('A=1\nKEY=fresh\n')
  expect(withVariable('A=1\nKEY=old\n', 'KEY', 'fresh')).toBe('A=1\nKEY=fresh\n')
})

it('writing a secret keeps `export` and the text before it', () => {
  expect(withVariable("export KEY='old'\n", 'KEY', 'fresh')).toBe('export KEY=fresh\n')
  expect(withVariable('  export  KEY = old\r\nA=1', 'KEY', 'fresh')).toBe('  export  KEY=fresh\r\nA=1')
  expect(withVariable('\tKEY=old', 'KEY', 'fresh')).toBe('\tKEY=fresh')
})
