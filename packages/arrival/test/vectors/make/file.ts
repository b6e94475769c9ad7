import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { mock } from 'node:test'
import type { Vector } from '../read.ts'

/** The time at which all vectors are read, in epoch seconds. */
export const NOW = 1_796_000_000

/** Runs `act` while `Date` returns `now`, in epoch seconds. */
export async function at<T>(now: number, act: () => T | Promise<T>): Promise<T> {
  mock.timers.enable({ apis: ['Date'], now: now * 1000 })
  try {
    return await act()
  } finally {
    mock.timers.reset()
  }
}

/** Writes the vectors made by the library that is installed here under `name`. */
export function writeVectors<K>(file: string, name: string, vectors: readonly Vector<K>[]): void {
  const { name: library, version } = manifestOf(name)
  const text = JSON.stringify({ madeWith: `${library} ${version}`, now: NOW, vectors }, undefined, 1)
  writeFileSync(new URL(`../${file}-${version}.json`, import.meta.url), `${text}\n`)
}

function manifestOf(name: string): { readonly name: string; readonly version: string } {
  for (const folder of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    try {
      return JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')) as ReturnType<typeof manifestOf>
    } catch {
      // It is in a folder further up.
    }
  }
  throw new Error(`${name} is not installed`)
}

/** The value of a cookie in `Set-Cookie` lines. */
export function valueOf(lines: readonly string[], name: string): string {
  const line = lines.find((line) => line.startsWith(`${name}=`))
  if (line === undefined) throw new Error(`no cookie ${name}`)
  return line.slice(name.length + 1).split(';', 1)[0] ?? ''
}
