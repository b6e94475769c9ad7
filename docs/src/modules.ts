import { type Block, fileOf } from './blocks.ts'

/** A module that the code of a page makes. */
export interface Module {
  /** Its file, below the folder of its page. */
  readonly file: string
  readonly text: string
  /** For each line of the text the line of the page that it stands on; undefined for what surrounds the block. */
  readonly lines: readonly (number | undefined)[]
  /** `run`: it is run, and `shown` is what comes of it. `test`: it has tests of vitest's. */
  readonly kind: 'check' | 'run' | 'test'
  /** What it cannot run without. */
  readonly needs: readonly Service[]
  /** The line of the page that its block begins on. */
  readonly line: number
  /** The `http` and `text` blocks that follow it. */
  readonly shown: readonly Block[]
}

/** A server that a module connects to, at the address that its variable has. */
export type Service = 'redis' | 'postgres'

/** A surrounding that blocks of many pages stand in, so that they show what they are about and nothing else. */
export type Frames = Readonly<Record<string, string>>

/** Where a frame has its block. */
const GAP = /^\s*\/\/ …$/

/** What the site calls the tab of a block. */
const TAB = /^\[.+\]$/

const KINDS: Readonly<Record<string, Module['kind']>> = { run: 'run', test: 'test' }
const SERVICES: Readonly<Record<string, Service>> = { redis: 'redis', postgres: 'postgres' }

/**
 * The modules of a page. The words behind `ts`:
 *
 * - `run`: it is run. The `http` blocks after it are exchanges that it must make, the `text` blocks what it must print.
 * - `test`: it has tests of vitest's, and they must pass.
 * - `continues`: it stands below the block before it, in one module.
 * - `in=express`: it stands in the frame of that name.
 * - `file=sessions.ts`: the name that other blocks import it by.
 * - `of=packages/…`: it is a file of an application, which has tests of its own; see copies.ts.
 * - `[Express]`: the tab that it has on the site, among others of a `::: code-group`.
 * - `needs=redis`, `needs=postgres`: it is run where there is such a server.
 */
export function modulesOf(blocks: readonly Block[], frames: Frames): Module[] {
  const modules: Module[] = []
  let before: readonly Line[] = []
  let frame: string | undefined
  let shown: Block[] = []
  for (const block of blocks) {
    if (block.language === 'http' || block.language === 'text') shown.push(block)
    if (block.language !== 'ts' || fileOf(block) !== undefined) continue
    const words = readWords(block)
    const own = linesOf(block.code, block.line)
    if (!words.continues) frame = words.frame
    before = words.continues ? [...before, ...own] : own
    const lines = frame === undefined ? before : framed(before, frames[frame] ?? missing(block, frame))
    shown = []
    modules.push({
      file: words.file ?? `line-${block.line}.ts`,
      text: lines.map(([text]) => text).join('\n'),
      lines: lines.map(([, line]) => line),
      kind: words.kind,
      needs: words.needs,
      line: block.line,
      shown,
    })
  }
  return modules
}

/** A line of a module, with the line of the page that it stands on. */
type Line = readonly [text: string, line: number | undefined]

const linesOf = (code: string, first: number): Line[] =>
  code.split('\n').map((text, index) => [text, first + index])

function framed(lines: readonly Line[], frame: string): Line[] {
  return frame.split('\n').flatMap((text): readonly Line[] => (GAP.test(text) ? lines : [[text, undefined]]))
}

interface Words {
  kind: Module['kind']
  needs: Service[]
  continues: boolean
  frame: string | undefined
  file: string | undefined
}

function readWords({ words, line }: Block): Words {
  const read: Words = { kind: 'check', needs: [], continues: false, frame: undefined, file: undefined }
  for (const word of words) {
    if (TAB.test(word)) continue
    const [name = '', value] = word.split('=')
    const kind = KINDS[name]
    const service = name === 'needs' ? SERVICES[value ?? ''] : undefined
    if (kind !== undefined) read.kind = kind
    else if (service !== undefined) read.needs.push(service)
    else if (name === 'continues') read.continues = true
    else if (name === 'in' && value) read.frame = value
    else if (name === 'file' && value) read.file = value
    else throw new Error(`line ${line - 1}: a block knows no word ${word}`)
  }
  return read
}

function missing(block: Block, frame: string): never {
  throw new Error(`line ${block.line - 1}: there is no frame ${frame}`)
}
