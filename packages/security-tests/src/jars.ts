import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const folders = (process.env['PATH'] ?? '').split(delimiter)
const browsers = ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) =>
  folders.map((folder) => join(folder, name)),
)

/** The path of Chromium; undefined if it is not installed. */
export const chromiumPath = [process.env['CHROMIUM'] ?? '', ...browsers].find(
  (path) => path !== '' && existsSync(path),
)

export const hasCurl = spawnSync('curl', ['--version']).status === 0

/** Lists the cookie jars that a developer's machine does not have; fails in CI, which has all of them. */
export function requireJars(): void {
  for (const [what, isThere] of [
    ['curl', hasCurl],
    ['Chromium', chromiumPath !== undefined],
  ] as const) {
    if (isThere) continue
    if (process.env['CI']) throw new Error(`${what} is missing`)
    console.log(`SKIPPED: ${what} is missing`)
  }
}
