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
const key = 'ab'.repeat(32)
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

/** Starts a process, and waits until it says that it is where it is to be stopped or killed. */
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

/** Whether the first try gets the lock. */
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

describe('a process that has the lock of a record', () => {
  it('and is killed leaves a lock that the very next try gets, for the system ends it with the process', async () => {
    for (let times = 0; times < 5; times++) {
      const holder = await start('lock')
      expect(await isFree()).toBe(false)
      await kill(holder)
      expect(await isFree()).toBe(true)
    }
  })

  it('and is stopped keeps its lock for as long as it is stopped, and gives it back when it goes on', async () => {
    const holder = await start('lock')
    holder.kill('SIGSTOP')
    expect(await isFree()).toBe(false)
    const store = fileStore({ directory })
    let isWritten = false
    const writing = Promise.resolve(store.create(key, record('text'))).then((done) => (isWritten = done))
    // Others have other locks.
    expect(await store.create('cd'.repeat(32), record('text'))).toBe(true)
    expect(isWritten).toBe(false)
    holder.kill('SIGCONT')
    holder.send('give it back')
    expect(await next(holder)).toBe('has given it back')
    expect(await writing).toBe(true)
    await store.close?.()
  })
})

describe('a process that waits for the disk in the midst of a write', () => {
  it('keeps nobody else from writing the same record, alive or killed', async () => {
    const store = fileStore({ directory })
    const writer = await start('write')
    expect(await store.create(key, record('one'))).toBe(true)
    await kill(writer)
    expect(await store.replace(key, 'one', record('two'))).toBe(true)
    expect(await store.read(key)).toBe('two')
    await store.close?.()
  })

  it('does not write over what others have written meanwhile', async () => {
    const store = fileStore({ directory })
    const writer = await start('write')
    expect(await store.create(key, record('one'))).toBe(true)
    writer.send('go on')
    expect(await next(writer)).toBe(false)
    expect(await store.read(key)).toBe('one')
    await store.close?.()
  })

  it('and was stopped for so long that a sweep has taken its file away fails, and writes nothing', async () => {
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
