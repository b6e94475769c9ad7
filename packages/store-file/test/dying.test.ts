import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fileStore } from '../src/index.ts'
import { openLock } from '../src/lock.ts'

const CHILD = fileURLToPath(new URL('./dying-child.ts', import.meta.url))
const key = 'ab'.repeat(16)
const record = (text: string) => ({ text, expiresAt: Date.now() + 3_600_000 })

let directory = ''
let child: ChildProcess | undefined
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'keepsake-file-')), 'sessions')
  mkdirSync(directory)
})
afterEach(() => {
  child?.kill('SIGKILL')
  rmSync(join(directory, '..'), { recursive: true })
})

/** Starts a process, and waits until it reports that the test can suspend or kill it. */
async function start(kind: 'lock' | 'write'): Promise<ChildProcess> {
  child = fork(CHILD, [kind, directory, key], { execArgv: ['--conditions=@keepsake/source'] })
  expect(await next(child)).toMatch(/^(holds the lock|waits for the disk)$/)
  return child
}

async function next(child: ChildProcess): Promise<unknown> {
  const [message] = (await once(child, 'message')) as unknown[]
  return message
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
}

/** Whether the first attempt gets the lock. */
async function isFree(): Promise<boolean> {
  const lock = openLock(join(directory, 'lock-a'))
  try {
    await lock.take(-Infinity)
    lock.giveBack()
    return true
  } catch {
    return false
  } finally {
    lock.close()
  }
}

describe('the lock of a record', () => {
  it('is free at the very next attempt after its process was killed', async () => {
    for (let times = 0; times < 5; times++) {
      const holder = await start('lock')
      expect(await isFree()).toBe(false)
      await kill(holder)
      expect(await isFree()).toBe(true)
    }
  })

  it('stays held while its process is suspended, and is free again once that process continues', async () => {
    const holder = await start('lock')
    holder.kill('SIGSTOP')
    expect(await isFree()).toBe(false)
    const store = fileStore({ directory })
    let isWritten = false
    const writing = Promise.resolve(store.create(key, record('text'))).then((done) => (isWritten = done))
    // This record has another lock.
    expect(await store.create('cd'.repeat(16), record('text'))).toBe(true)
    expect(isWritten).toBe(false)
    holder.kill('SIGCONT')
    holder.send('give it back')
    expect(await next(holder)).toBe('has given it back')
    expect(await writing).toBe(true)
    await store.close?.()
  })
})

describe('a process that waits for the disk during a write', () => {
  it('does not block other writes of the same record, whether it lives or is killed', async () => {
    const store = fileStore({ directory })
    const writer = await start('write')
    expect(await store.create(key, record('one'))).toBe(true)
    await kill(writer)
    expect(await store.replace(key, 'one', record('two'))).toBe(true)
    expect(await store.read(key)).toBe('two')
    await store.close?.()
  })

  it('does not overwrite a record that another process has written in the meantime', async () => {
    const store = fileStore({ directory })
    const writer = await start('write')
    expect(await store.create(key, record('one'))).toBe(true)
    writer.send('go on')
    expect(await next(writer)).toBe(false)
    expect(await store.read(key)).toBe('one')
    await store.close?.()
  })

  it('fails and writes nothing if it was suspended until a sweep removed its temporary file', async () => {
    const store = fileStore({ directory })
    const writer = await start('write')
    writer.kill('SIGSTOP')
    for (const name of readdirSync(directory)) utimesSync(join(directory, name), 0, 0)
    await store.sweep?.(Date.now())
    expect(readdirSync(directory)).toEqual([])
    writer.kill('SIGCONT')
    writer.send('go on')
    expect(await next(writer)).toContain('ENOENT')
    expect(await store.read(key)).toBeUndefined()
    expect(await store.create(key, record('next'))).toBe(true)
    await store.close?.()
  })
})
