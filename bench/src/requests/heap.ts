import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { AnyFramework, Framework, Use } from '../http/variants.ts'
import { showProgress } from '../progress.ts'

/** The allocations of requests of one kind: bytes of heap per request, one value per round. */
export interface HeapRow {
  readonly framework: AnyFramework
  readonly name: string
  readonly use: Use
  readonly bytes: readonly number[]
}

const CHILD = fileURLToPath(new URL('heap-child.ts', import.meta.url))
/** The young generation in MiB: large enough that nothing is collected during a round. */
const ROOM = 64
const FLAGS = ['--expose-gc', `--min-semi-space-size=${ROOM}`, `--max-semi-space-size=${ROOM}`]

/** Measured in a separate process because of its flags. */
export function measureHeap(frameworks: readonly Framework[]): readonly HeapRow[] {
  showProgress('requests: heap')
  const args = [...process.execArgv, ...FLAGS, CHILD, ...frameworks]
  const found = execFileSync(process.execPath, args, { encoding: 'utf8' })
  showProgress('')
  return JSON.parse(found) as readonly HeapRow[]
}
