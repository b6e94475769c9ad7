import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StoreError, type Store } from '@keepsake/core'
import { look, newSecret, openShop, visit } from './store-requests.ts'
import { newKey } from './store-keys.ts'

const DISK = 'size=3m'
const BALLAST_BYTES = 1_000_000
const HOUR_MS = 3_600_000
const record = (text: string) => ({ text, expiresAt: Date.now() + HOUR_MS })

/**
 * Fills a small separate disk to the last page, and later makes it read-only. Writes that do not fit must fail, and existing
 * data must stay. Once there is room again, or the disk is writable, a store that was already open must continue. Needs
 * mounts that are private to the process.
 */
export async function tryBadDisk(open: () => Store, directory: string): Promise<void> {
  execFileSync('mount', ['-t', 'tmpfs', '-o', DISK, 'none', directory])
  const ballast = join(directory, 'ballast')
  writeFileSync(ballast, Buffer.alloc(BALLAST_BYTES))
  const store = open()
  const key = newKey()
  await store.create(key, record('kept'))
  const sessions = openShop(store, newSecret(), Date.now)
  const cookie = (await visit(sessions, undefined, (session) => (session.note = 'kept'))) ?? ''

  for (const length of [50_000, 5000, 500]) await fill(store, length)
  const late = open()
  await assert.rejects(async () => late.create(newKey(), record('-'.repeat(100_000))))
  await assert.rejects(async () => store.replace(key, 'kept', record('-'.repeat(100_000))))
  const change = visit(sessions, cookie, (session) => (session.note = '-'.repeat(40_000)))
  await assert.rejects(change, StoreError, 'a request must fail if its session cannot be saved')
  assert.equal(await store.read(key), 'kept')
  assert.deepEqual(await look(sessions, cookie), { note: 'kept' })

  rmSync(ballast)
  assert.equal(await store.replace(key, 'kept', record('newer')), true)
  await visit(sessions, cookie, (session) => (session.note = 'newer'))
  assert.deepEqual(await look(sessions, cookie), { note: 'newer' })
  assert.equal(await late.replace(key, 'newer', record('as new')), true, 'opened on a full disk')
  await late.close?.()
  await store.close?.()

  execFileSync('mount', ['-o', 'remount,ro', directory])
  const reader = open()
  await assert.rejects(async () => reader.replace(key, 'as new', record('newest')))
  await assert.rejects(async () => reader.create(newKey(), record('one more')))
  await assert.rejects(async () => reader.delete(key))
  // If writing fails, reading may fail too, but it must not report existing data as missing.
  assert.equal(await readOr(reader, key, 'as new'), 'as new')

  execFileSync('mount', ['-o', 'remount,rw', directory])
  assert.equal(await reader.replace(key, 'as new', record('newest')), true, 'opened on a read-only disk')
  assert.equal(await reader.read(key), 'newest')
  await reader.close?.()
}

/** Creates records until one of them does not fit. */
async function fill(store: Store, length: number): Promise<void> {
  for (;;) {
    const key = newKey()
    try {
      await store.create(key, record('-'.repeat(length)))
    } catch {
      assert.equal(await store.read(key), undefined, 'a record that did not fit must not exist')
      return
    }
  }
}

async function readOr(store: Store, key: string, fallback: string): Promise<string | undefined> {
  try {
    return await store.read(key)
  } catch {
    return fallback
  }
}
