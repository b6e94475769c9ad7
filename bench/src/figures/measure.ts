import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { showProgress } from '../progress.ts'
import type { Goal } from '../report.ts'
import { FIGURES } from './all.ts'

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url))

/** The goals of a figure; none if a program that it needs is missing on this machine. */
export function measureFigure(name: string): readonly Goal[] {
  showProgress(`figures: ${name}`)
  const args = [...process.execArgv, ...(FIGURES[name]?.flags ?? []), CHILD, name]
  const found = execFileSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  showProgress('')
  return JSON.parse(found) as readonly Goal[]
}
