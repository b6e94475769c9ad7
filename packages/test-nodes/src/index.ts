import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The lines of Node that packages have to work on. */
export const NODE_LINES = ['22', '24', '26'] as const
export type NodeLine = (typeof NODE_LINES)[number]

/** The program of one line of Node; installed with everything else, so that nothing has to be fetched. */
export function nodeBinary(line: NodeLine): string {
  const manifest = fileURLToPath(import.meta.resolve(`node${line}/package.json`))
  return join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}
