import { execFileSync } from 'node:child_process'

/** The lines of Node that are supported beside the one that this runs on, pinned so that a run can be repeated. */
const OTHERS = ['22.23.3', '26.10.0'] as const

/** A Node that can be measured. */
export interface NodeVersion {
  readonly version: string
  /** Of the program. */
  readonly path: string
}

/**
 * This Node and the others, which npm brings and keeps; one that cannot be had is missing. They are no dependencies: 250 MB
 * that only this benchmark needs are not for everybody who installs the repository.
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
