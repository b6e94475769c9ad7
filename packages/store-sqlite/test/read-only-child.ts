/**
 * Runs without root, whom a read-only mode would not stop. Prints what a store does while its file is read-only, and after
 * the file becomes writable.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteStore } from '../src/index.ts'

const NOBODY = 65_534
const key = 'ab'.repeat(16)
const record = (text: string) => ({ text, expiresAt: Date.now() + 3_600_000 })

if (process.getuid?.() === 0) {
  process.setgid?.(NOBODY)
  process.setuid?.(NOBODY)
}
const directory = mkdtempSync(join(tmpdir(), 'keepsake-sqlite-'))
const path = join(directory, 'sessions.db')

async function attempt(work: () => unknown): Promise<unknown> {
  try {
    return await work()
  } catch (error) {
    return (error as Error).message
  }
}

const before = sqliteStore({ path })
await before.create(key, record('one'))
await before.close?.()
chmodSync(path, 0o400)
const store = sqliteStore({ path })
const said = [
  await attempt(() => store.read(key)),
  await attempt(() => store.replace(key, 'one', record('two'))),
  await attempt(() => store.read(key)),
]
chmodSync(path, 0o600)
// The first call may still use the file as it was opened.
await attempt(() => store.delete('cd'.repeat(32)))
said.push(await attempt(() => store.replace(key, 'one', record('two'))))
said.push(await attempt(() => store.read(key)))
await store.close?.()
rmSync(directory, { recursive: true })
console.log(JSON.stringify(said))
