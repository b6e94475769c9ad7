import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { createSessions } from '@keepsake/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fileStore } from '../src/index.ts'

const HOUR_MS = 3_600_000
const key = 'ab'.repeat(32)
const record = (text: string, inMs = HOUR_MS) => ({ text, expiresAt: Date.now() + inMs })

let parent = ''
let directory = ''
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'keepsake-file-'))
  directory = join(parent, 'sessions')
})
afterEach(() => rmSync(parent, { recursive: true }))

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

describe('the directory', () => {
  it('is an option, and the error of one that stands alone shows how to write it', () => {
    expect(() => fileStore('./x' as unknown as Parameters<typeof fileStore>[0])).toThrow(
      'options: expected a plain object, got a text; write { directory: … }',
    )
  })

  it('is made on the first write, for nobody but its owner, and so is every file', async () => {
    const store = fileStore({ directory: join(directory, 'deeper') })
    expect(await store.read(key)).toBeUndefined()
    expect(existsSync(directory)).toBe(false)
    await store.create(key, record('text'))
    await store.replace(key, 'text', record('next'))
    expect(modeOf(join(directory, 'deeper'))).toBe('700')
    for (const name of readdirSync(join(directory, 'deeper')))
      expect([name, modeOf(join(directory, 'deeper', name))]).toEqual([name, '600'])
    await store.close?.()
  })

  it('holds one file per record, named by its key, and the locks', async () => {
    const store = fileStore({ directory })
    await store.create(key, record('text'))
    expect(readdirSync(directory).sort()).toEqual([key, 'lock-a'])
    await store.delete(key)
    expect(readdirSync(directory)).toEqual(['lock-a'])
    await store.close?.()
  })

  it('that cannot be made is a rejected promise, and may be made later', async () => {
    writeFileSync(directory, 'a file')
    const store = fileStore({ directory })
    await expect(store.create(key, record('text'))).rejects.toThrow('ENOTDIR')
    await expect(store.read(key)).rejects.toThrow('ENOTDIR')
    rmSync(directory)
    expect(await store.create(key, record('text'))).toBe(true)
    await store.close?.()
  })

  it('is needed as text', () => {
    expect(() => fileStore({ directory: '' })).toThrow("directory: expected a directory's name")
  })
})

describe('a key', () => {
  it.each(['', '..', `../${key}`, key.toUpperCase(), `${key}0`, key.slice(1), `${key}\n`, 'lock-a'])(
    '%j is refused before any file is touched',
    async (wrong) => {
      const store = fileStore({ directory })
      await expect(store.read(wrong)).rejects.toThrow(TypeError)
      await expect(store.create(wrong, record('text'))).rejects.toThrow(TypeError)
      await expect(store.replace(wrong, 'text', record('next'))).rejects.toThrow(TypeError)
      await expect(store.delete(wrong)).rejects.toThrow(TypeError)
      expect(readdirSync(parent)).toEqual([])
    },
  )
})

describe('a power failure', () => {
  it('finds a record on the disk before it takes the old one’s place, and its name before the answer', async () => {
    const store = fileStore({ directory })
    await store.create(key, record('old'))
    const synced: string[] = []
    const spy = vi.spyOn(await prototypeOfHandles(), 'sync').mockImplementation(async function (
      this: FileHandle,
    ) {
      // What `sync` does but for metadata, and not watched.
      await this.datasync()
      const { text } = JSON.parse(readFileSync(join(directory, key), 'utf8')) as { text: string }
      synced.push(`${(await this.stat()).isDirectory() ? 'directory' : 'file'}, ${text} stands`)
    })
    await store.replace(key, 'old', record('new'))
    spy.mockRestore()
    expect(synced).toEqual(['file, old stands', 'directory, new stands'])
    await store.close?.()
  })
})

describe('a sweep', () => {
  it('removes what crashes have left and what cannot be read, and leaves other files alone', async () => {
    const store = fileStore({ directory })
    await store.create(key, record('alive'))
    const temporary = `${key}.0123456789ab.tmp`
    const broken = 'cd'.repeat(32)
    const young = `${key}.ba9876543210.tmp`
    for (const name of [temporary, young, broken, 'README', `${key}.tmp`])
      writeFileSync(join(directory, name), '{"text":')
    utimesSync(join(directory, temporary), 0, 0)
    expect(await store.sweep?.(Date.now())).toBe(1)
    expect(readdirSync(directory).sort()).toEqual(
      ['README', key, young, `${key}.tmp`, 'lock-a', 'lock-c'].sort(),
    )
    expect(await store.read(key)).toBe('alive')
    await store.close?.()
  })

  it('leaves a temporary file alone that somebody is still writing', async () => {
    const [store, other] = [fileStore({ directory }), fileStore({ directory })]
    await store.create(key, record('0'))
    for (let n = 0; n < 50; n++) {
      const [isReplaced] = await Promise.all([
        store.replace(key, String(n), record(String(n + 1))),
        other.sweep?.(Date.now()),
      ])
      expect(isReplaced).toBe(true)
    }
    expect(await other.read(key)).toBe('50')
    await Promise.all([store.close?.(), other.close?.()])
  })

  it('lets other work go on while it looks at hundreds of files', async () => {
    const store = fileStore({ directory })
    mkdirSync(directory)
    const over = JSON.stringify({ text: 'over', expiresAt: 1, writtenAt: 0 })
    for (let n = 0; n < 200; n++) writeFileSync(join(directory, n.toString(16).padStart(64, '0')), over)
    let turns = 0
    const count = (): void => void (turns++, (timer = setImmediate(count)))
    let timer = setImmediate(count)
    expect(await store.sweep?.(Date.now())).toBe(200)
    clearImmediate(timer)
    expect(turns).toBeGreaterThan(200)
    await store.close?.()
  })
})

describe('a lock', () => {
  it('ends with the thread or process that held it', async () => {
    const store = fileStore({ directory })
    await store.create(key, record('text'))
    const holder = await holdLock()
    let isDone = false
    const replace = async (): Promise<boolean> => {
      const is = await store.replace(key, 'text', record('next'))
      isDone = true
      return is
    }
    const replaced = replace()
    // Reading needs no lock, and other records have others.
    expect(await store.read(key)).toBe('text')
    expect(await store.create('cd'.repeat(32), record('text'))).toBe(true)
    expect(isDone).toBe(false)
    await holder.terminate()
    expect(await replaced).toBe(true)
    await store.close?.()
  })

  it('is not kept from others by one that writes without a break', async () => {
    const [busy, other] = [fileStore({ directory }), fileStore({ directory })]
    let written = 0
    const keys = Array.from({ length: 100 }, (_, n) => `a${String(n).padStart(63, '0')}`)
    const writes = keys.map(async (each) => {
      await busy.create(each, record('text'))
      written++
    })
    expect(await other.create(key, record('in between'))).toBe(true)
    expect(written).toBeLessThan(writes.length)
    await Promise.all(writes)
    await Promise.all([busy.close?.(), other.close?.()])
  })

  it('that is never given back makes those who wait for it fail together', async () => {
    const store = fileStore({ directory })
    await store.create(key, record('text'))
    const holder = await holdLock()
    const writes = [1, 2, 3].map(async (n) => store.replace(key, 'text', record(`text ${n}`)))
    const [first] = await Promise.race(
      writes.map((write) =>
        write.then(
          () => [],
          (error: Error) => [error],
        ),
      ),
    )
    expect(first).toBeInstanceOf(Error)
    const all = Promise.allSettled(writes).then((settled) => settled.map(({ status }) => status))
    // One after the other, the next would fail five seconds later.
    const late = new Promise((resolve) => setTimeout(resolve, 4000, 'one after the other'))
    expect(await Promise.race([all, late])).toEqual(['rejected', 'rejected', 'rejected'])
    await holder.terminate()
    expect(await store.replace(key, 'text', record('next'))).toBe(true)
    await store.close?.()
  })

  it('is given back after a write that failed', async () => {
    const store = fileStore({ directory })
    await store.create(key, record('text'))
    rmSync(join(directory, key))
    mkdirSync(join(directory, key))
    await expect(store.replace(key, 'text', record('next'))).rejects.toThrow('EISDIR')
    rmSync(join(directory, key), { recursive: true })
    expect(await store.create(key, record('text'))).toBe(true)
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([])
    await store.close?.()
  })

  it('is held to the end of what was begun before the store was closed, and not again', async () => {
    const store = fileStore({ directory })
    const last = store.create(key, record('text'))
    await store.close?.()
    expect(await last).toBe(true)
    await expect(store.delete(key)).rejects.toThrow('the store is closed')
  })
})

describe('a file that was damaged', () => {
  const damages: Record<string, (json: string) => string | Buffer> = {
    emptied: () => '',
    'cut in half': (json) => json.slice(0, json.length / 2),
    'cut at its last character': (json) => json.slice(0, -1),
    'with a text that was cut': (json) => json.replace(/("text":".{50})[^"]*/, '$1'),
    'with an empty text': (json) => json.replace(/"text":"[^"]*/, '"text":"'),
    'with a character changed': (json) =>
      json.replace(/(.{60})./, (_, head: string) => `${head}${json[60] === 'A' ? 'B' : 'A'}`),
    'with a deadline that is no number': (json) => json.replace(/"expiresAt":\d+/, '"expiresAt":"soon"'),
    'written by another program': () => '{"cookie":{"maxAge":1000},"user":1}',
    'of null': () => 'null',
    'of bytes': () => Buffer.from([0xff, 0xfe, 0x00, 0x80]),
  }

  it.each(Object.keys(damages))(
    '%s is an anonymous session, and the next request writes again',
    async (name) => {
      const store = fileStore({ directory })
      const sessions = createSessions({ secrets: ['s3cret-of-the-test-1234567890abcdef-XYZ'], store })
      const first = await sessions.open(undefined)
      first.session['note'] = 'kept'
      const cookie = cookieOf(await first.close())
      const file = readdirSync(directory).find((name) => !name.startsWith('lock-')) ?? ''
      const path = join(directory, file)
      chmodSync(path, 0o600)
      writeFileSync(path, damages[name]?.(readFileSync(path, 'utf8')) ?? '')

      const second = await sessions.open(cookie)
      expect(Object.assign({}, second.session)).toEqual({})
      second.session['note'] = 'new'
      const next = cookieOf(await second.close())
      expect(Object.assign({}, (await sessions.open(next)).session)).toEqual({ note: 'new' })
      await sessions.close()
    },
  )
})

function cookieOf(headers: readonly (readonly [string, string])[]): string {
  const [, line = ''] = headers.find(([name]) => name === 'Set-Cookie') ?? []
  return line.slice(0, line.indexOf(';'))
}

/** Somebody who has taken the lock of `key` and does nothing. */
async function holdLock(): Promise<Worker> {
  const holder = new Worker(
    `const { DatabaseSync } = require('node:sqlite'); const { parentPort } = require('node:worker_threads')
       const lock = new DatabaseSync(${JSON.stringify(join(directory, 'lock-a'))})
       lock.exec('PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE'); parentPort.postMessage('held'); setInterval(() => lock, 1000)`,
    { eval: true },
  )
  await once(holder, 'message')
  return holder
}

/** What all file handles have in common, to be listened to. */
async function prototypeOfHandles(): Promise<FileHandle> {
  const handle = await open(parent, 'r')
  await handle.close()
  return Object.getPrototypeOf(handle) as FileHandle
}
