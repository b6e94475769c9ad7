import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { loadSecret } from '../src/secret.ts'

let folder: string
let file: string
const said = vi.spyOn(console, 'log').mockImplementation(() => undefined)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shop-'))
  file = join(folder, '.env')
  vi.stubEnv('SESSION_SECRET', undefined)
  said.mockClear()
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const modeOf = (path: string): number => statSync(path).mode & 0o777

test('the first call generates 32 random bytes, in a file that only its owner can read', () => {
  const secret = loadSecret(file)
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
  expect(readFileSync(file, 'utf8')).toBe(`SESSION_SECRET=${secret}\n`)
  expect(modeOf(file)).toBe(0o600)
})

test('the second call returns the same secret and prints nothing', () => {
  const secret = loadSecret(file)
  said.mockClear()
  expect(loadSecret(file)).toBe(secret)
  expect(said).not.toHaveBeenCalled()
})

test('generating a secret prints one line, without the secret', () => {
  const secret = loadSecret(file)
  expect(said).toHaveBeenCalledTimes(1)
  const line = String(said.mock.calls[0]?.[0])
  expect(line).toContain(file)
  expect(line).not.toContain(secret)
  expect(line).not.toContain('\n')
})

test('generating a secret keeps the other lines, even an unterminated one, and makes the file private', () => {
  writeFileSync(file, '# mine\nPORT=3000')
  chmodSync(file, 0o644)
  const secret = loadSecret(file)
  expect(readFileSync(file, 'utf8')).toBe(`# mine\nPORT=3000\nSESSION_SECRET=${secret}\n`)
  expect(modeOf(file)).toBe(0o600)
})

test('a secret in the file is used unchanged, with or without quotes', () => {
  writeFileSync(file, 'PORT=3000\nSESSION_SECRET="from the file"\n')
  expect(loadSecret(file)).toBe('from the file')
  expect(readFileSync(file, 'utf8')).toBe('PORT=3000\nSESSION_SECRET="from the file"\n')
})

test('an empty line for the secret counts as missing', () => {
  writeFileSync(file, 'SESSION_SECRET=\n')
  const secret = loadSecret(file)
  expect(secret).toHaveLength(43)
  expect(loadSecret(file)).toBe(secret)
})

test('of two secrets in the file the first is used, so that apps that start at the same time agree', () => {
  writeFileSync(file, 'SESSION_SECRET=first\nSESSION_SECRET=second\n')
  expect(loadSecret(file)).toBe('first')
})

test('a secret in the environment is used first, and no file is written', () => {
  vi.stubEnv('SESSION_SECRET', 'from the environment')
  expect(loadSecret(file)).toBe('from the environment')
  expect(() => statSync(file)).toThrow('ENOENT')
})
