import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, open, opendir, readFile, rename, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { memoryStore, type Store } from '@keepsake/core'
import { revisionOf } from '@keepsake/core/store'
import { fileStore } from '@keepsake/store-file'
import { postgresStore } from '@keepsake/store-postgres'
import { redisStore } from '@keepsake/store-redis'
import { sqliteStore } from '@keepsake/store-sqlite'
import { type Act, told } from './visits.ts'

const KEY = 'ab'.repeat(16)
const SUBJECT = 'cd'.repeat(16)
const NOW = 1_800_000_000_000
const now = (): number => NOW

/** An empty database client that records its commands. */
class Client {
  readonly #lines: string[]
  constructor(lines: string[]) {
    this.#lines = lines
  }
  async query(text: string, values: unknown[]) {
    this.#lines.push(`${text} ${told(values).replaceAll(/\d{13}/g, 'time')}`)
    return { rows: [] }
  }
  async get(key: string) {
    this.#lines.push(`get ${key}`)
    return null
  }
  async set(...args: unknown[]) {
    this.#lines.push(`set ${told(args).replaceAll(/\d{13}/g, 'time')}`)
    return null
  }
  async del(key: string) {
    this.#lines.push(`del ${key}`)
  }
  async evalsha(_sha: string, keys: number, key: string) {
    this.#lines.push(`evalsha ${keys} ${key}`)
    return []
  }
  async eval() {
    return []
  }
}

const own = <K extends keyof Store>(store: Store, name: K): Store[K] | undefined =>
  Object.hasOwn(store, name) ? store[name] : undefined

async function found(store: Store, subject: string): Promise<unknown[]> {
  const items: unknown[] = []
  for await (const item of own(store, 'bySubject')?.(subject) ?? []) items.push(item)
  return items
}

/** All calls of a store, from the first record to the last sweep. */
async function use(store: Store, lines: string[]): Promise<void> {
  const text = 'x'.repeat(50)
  const record = { text, expiresAt: NOW + 1000, subject: undefined }
  const attempts: readonly (() => unknown)[] = [
    () => store.read(KEY),
    () => store.create(KEY, record),
    () => store.create(KEY, record),
    () => store.read(KEY),
    () => found(store, 'admin'),
    () => store.replace(KEY, revisionOf(text), { ...record, text: `y${text}`, subject: SUBJECT }),
    () => store.replace(KEY, revisionOf(text), record),
    () => store.read(KEY),
    () => found(store, SUBJECT),
    () => own(store, 'sweep')?.(NOW + 2000),
    () => store.read(KEY),
    () => store.delete(KEY),
    () => typeof own(store, 'watch'),
    () => own(store, 'close')?.(),
  ]
  for (const attempt of attempts) lines.push(told(await attempt()))
}

export const stores: Act = async () => {
  const lines: string[] = []
  const directory = mkdtempSync(join(tmpdir(), 'pollution-'))
  await use(memoryStore({ now }), lines)
  await use(fileStore({ directory, now }), lines)
  await use(sqliteStore({ path: ':memory:', now }), lines)
  await use(sqliteStore({ database: new DatabaseSync(':memory:'), now }), lines)
  await use(postgresStore(new Client(lines), { now }), lines)
  await use(redisStore(new Client(lines)), lines)
  rmSync(directory, { recursive: true })
  return lines
}

/** Node's own part of that. */
export const bareStores: Act = async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pollution-'))
  const path = join(directory, 'a')
  await mkdir(join(directory, 'b'), { recursive: true, mode: 0o700 })
  const file = await open(path, 'wx', 0o600)
  await file.writeFile('text')
  await file.sync()
  await file.close()
  await rename(path, `${path}a`)
  const names: string[] = []
  for await (const { name } of await opendir(directory)) names.push(name)
  const text = await readFile(`${path}a`, 'utf8')
  await unlink(`${path}a`)
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE a (b TEXT)')
  database.prepare('INSERT INTO a VALUES (?)').run('c')
  const rows = database.prepare('SELECT b FROM a').all()
  rmSync(directory, { recursive: true })
  return [text, ...names.toSorted(), told(rows)]
}
