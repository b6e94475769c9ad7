import { randomBytes } from 'node:crypto'
import { open, opendir, readFile, rename, rm, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fieldOf } from '@keepsake/core/store'

/** The code of a system error, such as `ENOENT`. */
const codeOf = (error: unknown): string => fieldOf(error as NodeJS.ErrnoException, 'code') ?? ''

/** The file's text, or undefined if the file does not exist. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await patiently(() => readFile(path, 'utf8'))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The name of a record's temporary file. A crash may leave one behind. */
const TEMPORARY = /^[0-9a-f]{32}\.[0-9a-f]{12}\.tmp$/

export const isTemporary = (name: string): boolean => TEMPORARY.test(name)

/** Longer than any write takes. A write that was suspended for longer fails, because its temporary file is gone. */
const STALE_MS = 600_000

/** Removes a temporary file that a crash left behind. */
export async function removeStale(path: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > STALE_MS) await removeFile(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

/**
 * Writes a file so that a crash at any moment leaves either the old one or the new one: writes a temporary file next to
 * it, flushes that to the disk, and renames it. `decide` gets the function that renames, and returns whether it called
 * it. Once the promise resolves, the file survives a power failure.
 */
export async function writeWhole(
  path: string,
  text: string,
  decide: (putInPlace: () => Promise<void>) => Promise<boolean>,
): Promise<boolean> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  let isPut = false
  try {
    await writeDown(temporary, text)
    isPut = await decide(() => patiently(() => rename(temporary, path)))
  } finally {
    if (!isPut) await rm(temporary, { force: true }).catch(() => undefined)
  }
  if (isPut) await syncDirectory(dirname(path))
  return isPut
}

async function writeDown(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Removes a file; false if it does not exist. */
export async function removeFile(path: string): Promise<boolean> {
  try {
    await patiently(() => unlink(path))
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** The names in a directory, a few at a time. None if the directory does not exist. */
export async function* namesIn(path: string): AsyncGenerator<string> {
  try {
    for await (const { name } of await opendir(path)) yield name
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

/** Flushes created, renamed and removed names to the disk. Windows has no such call, and needs none. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** On Windows a file cannot be replaced while another process or a virus scanner is reading it. */
const IN_USE: ReadonlySet<string> = new Set(['EPERM', 'EACCES', 'EBUSY'])
const TRIES = 10

async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (process.platform !== 'win32' || tries === TRIES || !IN_USE.has(codeOf(error))) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 2 ** tries))
  }
}
