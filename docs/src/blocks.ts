/** A code block of a page. */
export interface Block {
  /** `ts`, `http`, `text`, `sh`, …; empty without a language. */
  readonly language: string
  /** The words after the language: `run`, `file=sessions.ts`. */
  readonly words: readonly string[]
  readonly code: string
  /** The line of the page on which its code starts, from 1. */
  readonly line: number
}

/** Three backquotes, or more if the code contains some; a comment that names a language hides its block from readers. */
const OPENING = /^(?<mark>`{3,}|<!--(?= (?:ts|http)\b)) ?(?<language>[\w-]*) ?(?<words>.*)$/

/** The blocks of a page in order, including those hidden in comments. */
export function blocksOf(markdown: string): Block[] {
  const lines = markdown.split('\n')
  const blocks: Block[] = []
  for (let at = 0; at < lines.length; at++) {
    const { mark, language = '', words = '' } = OPENING.exec(lines[at] ?? '')?.groups ?? {}
    if (mark === undefined) continue
    const closing = mark === '<!--' ? '-->' : mark
    const end = lines.indexOf(closing, at + 1)
    if (end === -1) throw new Error(`line ${at + 1}: the block has no end`)
    const code = lines.slice(at + 1, end).join('\n')
    blocks.push({ language, words: words.split(' ').filter(Boolean), code, line: at + 2 })
    at = end
  }
  return blocks
}

const COPIED = 'of='

/** The file that a block shows completely, with its path from the root: it belongs to a tested application. */
export const fileOf = ({ words }: Block): string | undefined =>
  words.find((word) => word.startsWith(COPIED))?.slice(COPIED.length)
