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
import { type Lock, openLock } from '../src/lock.ts'

const HOUR_MS = 3_600_000
const key = 'ab'.repeat(16)
const record = (text: string, inMs = HOUR_MS) => ({ text, expiresAt: Date.now() + inMs })

let parent = ''
let directory = ''
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'keepsake-file-'))
  directory = join(parent, 'sessions')
})
afterEach(() => rmSync(parent, { recursive: true }))

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

describe('the directory of a file store', () => {
  it('given as a text instead of an option is an error that shows how to write the option', () => {
    expect(() => fileStore('./x' as unknown as Parameters<typeof fileStore>[0])).toThrow(
      'options: expected a plain object, got a text; write { directory: … }',
    )
  })

  it('is created by the first write, and it and every file are accessible to their owner only', async () => {
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

  it('contains one file per record, named after its key, and the lock files', async () => {
    const store = fileStore({ directory })
    await store.create(key, record('text'))
    expect(readdirSync(directory).sort()).toEqual([key, 'lock-a'])
    await store.delete(key)
    expect(readdirSync(directory)).toEqual(['lock-a'])
    await store.close?.()
  })

  it('that cannot be created rejects each call until it can be created', async () => {
    writeFileSync(directory, 'a file')
    const store = fileStore({ directory })
    await expect(store.create(key, record('text'))).rejects.toThrow('ENOTDIR')
    await expect(store.read(key)).rejects.toThrow('ENOTDIR')
    rmSync(directory)
    expect(await store.create(key, record('text'))).toBe(true)
    await store.close?.()
  })

  it('cannot be an empty text', () => {
    expect(() => fileStore({ directory: '' })).toThrow('directory: expected the name of a directory')
  })
})

describe('a key that is not 32 lower-case hexadecimal digits', () => {
  it.each(['', '..', `../${key}`, key.toUpperCase(), `${key}0`, key.slice(1), `${key}\n`, 'lock-a'])(
    'is rejected before any file is touched: %j',
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

describe('a replaced record', () => {
  it('is flushed to the disk before it replaces the old one, and so is the directory before the call resolves', async () => {
    const store = fileStore({ directory })
    await store.create(key, record('old'))
    const synced: string[] = []
    const spy = vi.spyOn(await prototypeOfHandles(), 'sync').mockImplementation(async function (
      this: FileHandle,
    ) {
      // Does the same as `sync` except for metadata, and is not spied on.
      await this.datasync()
      const { text } = JSON.parse(readFileSync(join(directory, key), 'utf8')) as { text: string }
      synced.push(`${(await this.stat()).isDirectory() ? 'directory' : 'file'}, record is ${text}`)
    })
    await store.replace(key, 'old', record('new'))
    spy.mockRestore()
    expect(synced).toEqual(['file, record is old', 'directory, record is new'])
    await store.close?.()
  })
})

describe('a sweep of the directory', () => {
  it('removes old temporary files and unreadable records, and leaves other files alone', async () => {
    const store = fileStore({ directory })
    await store.create(key, record('alive'))
    const temporary = `${key}.0123456789ab.tmp`
    const broken = 'cd'.repeat(16)
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

  it('leaves the temporary file of a running write alone', async () => {
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

  it('lets the event loop run other work while it reads hundreds of files', async () => {
    const store = fileStore({ directory })
    mkdirSync(directory)
    const over = JSON.stringify({ text: 'over', expiresAt: 1, writtenAt: 0 })
    for (let n = 0; n < 200; n++) writeFileSync(join(directory, n.toString(16).padStart(32, '0')), over)
    let turns = 0
    const count = (): void => void (turns++, (timer = setImmediate(count)))
    let timer = setImmediate(count)
    expect(await store.sweep?.(Date.now())).toBe(200)
    clearImmediate(timer)
    expect(turns).toBeGreaterThan(200)
    await store.close?.()
  })
})

describe('the lock of a file store', () => {
  it('ends with the thread that held it', async () => {
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
    // Reading needs no lock, and this other record has another one.
    expect(await store.read(key)).toBe('text')
    expect(await store.create('cd'.repeat(16), record('text'))).toBe(true)
    expect(isDone).toBe(false)
    await holder.terminate()
    expect(await replaced).toBe(true)
    await store.close?.()
  })

  it('lets others go first after 20 ms of being taken again and again', async () => {
    mkdirSync(directory)
    const path = join(directory, 'fair.lock')
    const [own, other] = [openLock(path), openLock(path)]
    const firstOf = async (): Promise<string | undefined> => {
      // A pause, so that a new run begins.
      await new Promise((resolve) => setTimeout(resolve, 10))
      const since = performance.now()
      while (performance.now() - since < 19) {
        await own.take(since)
        own.giveBack()
      }
      while (performance.now() - since < 21);
      const order: string[] = []
      const turn = async (name: string, lock: Lock): Promise<void> => {
        await lock.take(performance.now())
        order.push(name)
        lock.giveBack()
      }
      await Promise.all([turn('own', own), turn('other', other)])
      return order[0]
    }
    const firsts: (string | undefined)[] = []
    // If the machine itself pauses the process, nobody has to be let first.
    while (firsts.length < 20 && !firsts.includes('other')) firsts.push(await firstOf())
    expect(firsts).toContain('other')
    own.close()
    other.close()
  })

  it('is available to one store while another one writes without a break', async () => {
    const [busy, other] = [fileStore({ directory }), fileStore({ directory })]
    const through = new AbortController()
    const most = 10_000
    let begun = 0
    const write = async (): Promise<void> => {
      while (!through.signal.aborted && begun < most)
        await busy.create(`a${String(begun++).padStart(31, '0')}`, record('text'))
    }
    const writes = [write(), write(), write(), write()]
    expect(await other.create(key, record('in between'))).toBe(true)
    through.abort()
    expect(begun).toBeLessThan(most)
    await Promise.all(writes)
    await Promise.all([busy.close?.(), other.close?.()])
  })

  it('makes all waiting writes fail at the same time if it is never released', async () => {
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
    // If each write waited in turn, the next one would fail five seconds later.
    const late = new Promise((resolve) => setTimeout(resolve, 4000, 'one after the other'))
    expect(await Promise.race([all, late])).toEqual(['rejected', 'rejected', 'rejected'])
    await holder.terminate()
    expect(await store.replace(key, 'text', record('next'))).toBe(true)
    await store.close?.()
  })

  it('is released after a failed write', async () => {
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

  it('lets a write finish that began before the store was closed, and a later one fails', async () => {
    const store = fileStore({ directory })
    const last = store.create(key, record('text'))
    await store.close?.()
    expect(await last).toBe(true)
    await expect(store.delete(key)).rejects.toThrow('the store is closed')
  })
})

describe('a damaged file', () => {
  const damages: Record<string, (json: string) => string | Buffer> = {
    emptied: () => '',
    'cut in half': (json) => json.slice(0, json.length / 2),
    'cut at its last character': (json) => json.slice(0, -1),
    'with a truncated text': (json) => json.replace(/("text":".{50})[^"]*/, '$1'),
    'with an empty text': (json) => json.replace(/"text":"[^"]*/, '"text":"'),
    'with a character changed': (json) =>
      json.replace(/(.{60})./, (_, head: string) => `${head}${json[60] === 'A' ? 'B' : 'A'}`),
    'with an expiry that is not a number': (json) => json.replace(/"expiresAt":\d+/, '"expiresAt":"soon"'),
    'written by another program': () => '{"cookie":{"maxAge":1000},"user":1}',
    'that contains null': () => 'null',
    'that contains bytes that are not UTF-8': () => Buffer.from([0xff, 0xfe, 0x00, 0x80]),
  }

  it.each(Object.keys(damages))(
    '%s gives a new empty session, and the next request can save it',
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

/** A thread that takes the lock of `key` and keeps it. */
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

/** The prototype of all file handles, to spy on. */
async function prototypeOfHandles(): Promise<FileHandle> {
  const handle = await open(parent, 'r')
  await handle.close()
  return Object.getPrototypeOf(handle) as FileHandle
}
