import { execFileSync } from 'node:child_process'

/** The supported release lines of Node other than the current one, pinned so that a run can be repeated. */
const OTHERS = ['22.23.3', '26.10.0'] as const

/** A Node version that can be measured. */
export interface NodeVersion {
  readonly version: string
  /** The path of the program. */
  readonly path: string
}

/**
 * This Node and the others, which npm downloads and caches; unavailable ones are left out. They are not dependencies:
 * nobody who installs the repository should download 250 MB for this one benchmark.
 */
export function findNodes(): readonly NodeVersion[] {
  const others = OTHERS.flatMap((version): NodeVersion[] => {
    try {
      const args = ['--yes', `node@${version}`, '-p', 'process.execPath']
      const path = execFileSync('npx', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      return [{ version: `v${version}`, path: path.trim() }]
    } catch {
      return []
    }
  })
  return [{ version: process.version, path: process.execPath }, ...others]
}
