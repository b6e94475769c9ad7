import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CookieTooLargeError,
  createSessions,
  memoryStore,
  RecordTooLargeError,
  type SessionsOptions,
} from '@keepsake/core'
import { expect, it } from 'vitest'
import { ROOT } from '../src/pages.ts'

const secrets = ['a secret that is only for tests and has 51 characters']
const written = (limit: number): string => limit.toLocaleString('en-US')

/** The line of a page with this beginning. */
function lineOf(page: string, beginning: string): string {
  const lines = readFileSync(join(ROOT, 'docs', page), 'utf8').split('\n')
  return lines.find((line) => line.startsWith(beginning)) ?? expect.fail(`${page} has no line ${beginning}`)
}

/** The error for a session with this many letters; undefined if it is saved. */
async function refusal(options: SessionsOptions, letters: number): Promise<unknown> {
  const { session } = await createSessions<{ a: string }>(options).open(undefined)
  session.a = 'x'.repeat(letters)
  return session.save().then(
    () => undefined,
    (error: unknown) => error,
  )
}

it('the documentation states the size limit of a session in a store, to the byte', async () => {
  const stored = { secrets, store: memoryStore() }
  const error = await refusal(stored, 1_000_000)
  if (!(error instanceof RecordTooLargeError)) throw new Error('nothing was refused')
  expect(lineOf('choose-a-mode.md', '| maximum size |')).toContain(`| ${written(error.limit)} bytes of JSON`)
  expect(lineOf('errors.md', '| `RecordTooLargeError`')).toContain(`${written(error.limit)} bytes of JSON`)
  const most = error.limit - JSON.stringify({ a: '' }).length
  expect(await refusal(stored, most)).toBeUndefined()
  expect(await refusal(stored, most + 1)).toBeInstanceOf(RecordTooLargeError)
})

it('the documentation states the size limit of a cookie', async () => {
  const error = await refusal({ secrets, revocation: 'none' }, 10_000)
  if (!(error instanceof CookieTooLargeError)) throw new Error('nothing was refused')
  const limit = `${written(error.limit)} bytes`
  expect(lineOf('choose-a-mode.md', '| maximum size |')).toContain(limit)
  expect(lineOf('errors.md', '| `CookieTooLargeError`')).toContain(limit)
})
