import { type Block, fileOf } from './blocks.ts'

/** A module made from the code of a page. */
export interface Module {
  /** Its file, below the folder of its page. */
  readonly file: string
  readonly text: string
  /** For each line of the text, its line on the page; undefined for the frame around the block. */
  readonly lines: readonly (number | undefined)[]
  /** `run`: it runs, and `shown` must match. `test`: it contains vitest tests. */
  readonly kind: 'check' | 'run' | 'test'
  /** The servers that it needs. */
  readonly needs: readonly Service[]
  /** The line of the page on which its block starts. */
  readonly line: number
  /** The `http` and `text` blocks after it. */
  readonly shown: readonly Block[]
}

/** A server that a module connects to, at the URL in its environment variable. */
export type Service = 'redis' | 'postgres'

/** Code around blocks of many pages, so that they show only the relevant part. */
export type Frames = Readonly<Record<string, string>>

/** Where a frame contains its block. */
const GAP = /^\s*\/\/ …$/

/** The site's label for the tab of a block. */
const TAB = /^\[.+\]$/

const KINDS: Readonly<Record<string, Module['kind']>> = { run: 'run', test: 'test' }
const SERVICES: Readonly<Record<string, Service>> = { redis: 'redis', postgres: 'postgres' }

/**
 * The modules of a page. The words after `ts`:
 *
 * - `run`: it runs. The `http` blocks after it are its expected exchanges, the `text` blocks its expected output.
 * - `test`: it contains vitest tests, which must pass.
 * - `continues`: it follows the previous block, in the same module.
 * - `in=express`: it is inserted into the frame of that name.
 * - `file=sessions.ts`: the name by which other blocks import it.
 * - `of=packages/…`: it is a file of a tested application; see copies.ts.
 * - `[Express]`: its tab on the site, among others of a `::: code-group`.
 * - `needs=redis`, `needs=postgres`: it runs only if there is such a server.
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

/** A line of a module, with its line on the page. */
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
    else throw new Error(`line ${line - 1}: unknown word ${word}`)
  }
  return read
}

function missing(block: Block, frame: string): never {
  throw new Error(`line ${block.line - 1}: there is no frame ${frame}`)
}
