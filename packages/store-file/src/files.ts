import { randomBytes } from 'node:crypto'
import { open, opendir, readFile, rename, rm, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fieldOf } from '@keepsake/core/store'

/** The code of a system error, such as `ENOENT`. */
const codeOf = (error: unknown): string => fieldOf(error as NodeJS.ErrnoException, 'code') ?? ''

/** The file's text, or undefined when there is no such file. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await patiently(() => readFile(path, 'utf8'))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** What a temporary file of `path` is called. A crash may leave one behind. */
const TEMPORARY = /^([0-9a-f]{64})\.[0-9a-f]{12}\.tmp$/

/** The record that a temporary file was for; undefined for any other file. */
export const recordOfTemporary = (name: string): string | undefined => TEMPORARY.exec(name)?.[1]

/**
 * Writes a file so that a crash at any moment leaves the old one or the new one: beside it, down to the disk, and then
 * in its place. Once it resolves, a power failure does not take it back.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await patiently(() => rename(temporary, path))
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
  await syncDirectory(dirname(path))
}

/** Removes a file; false when it is not there. */
export async function removeFile(path: string): Promise<boolean> {
  try {
    await patiently(() => unlink(path))
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Removes a file, if it is there, so that a power failure does not bring it back. */
export async function removeForGood(path: string): Promise<void> {
  if (await removeFile(path)) await syncDirectory(dirname(path))
}

/** The names in a directory, a few at a time. None when there is no such directory. */
export async function* namesIn(path: string): AsyncGenerator<string> {
  try {
    for await (const { name } of await opendir(path)) yield name
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

/** Makes changes of names last. Windows has no such call, and needs none. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** On Windows a file that somebody reads, or a virus scanner looks at, cannot be replaced for a moment. */
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
