import type { MarkdownRenderer } from 'vitepress'

/** The corner of a table is not a heading, so it becomes an ordinary cell. */
export function emptyHeads(md: MarkdownRenderer): void {
  md.core.ruler.push('empty-heads', ({ tokens }) => {
    for (const [index, token] of tokens.entries()) {
      if (token.type !== 'th_open' || tokens[index + 1]?.content !== '') continue
      token.tag = 'td'
      const end = tokens[index + 2]
      if (end?.type === 'th_close') end.tag = 'td'
    }
  })
}
