import type { Book } from './books.ts'
import { html, type Html } from './html.ts'
import { draw } from './motifs.ts'
import { palettes } from './palettes.ts'

const WIDEST_LINE = 11
const FACE = "'Iowan Old Style', 'Palatino Linotype', Palatino, Georgia, 'DejaVu Serif', serif"

function linesOf(title: string): readonly string[] {
  const lines: string[] = []
  for (const word of title.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < WIDEST_LINE)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

// The widest system font needs about 0.68 em for a bold letter; the frame is 152 units wide inside.
function sizeFor(lines: readonly string[]): number {
  const longest = Math.max(...lines.map((line) => line.length))
  return Math.min(25, 76 / lines.length, 152 / (longest * 0.68))
}

/**
 * A book's cover as inline SVG: it loads nothing and has no style attribute, so it works with a strict
 * `style-src`. It is decorative: show title and author as text beside it.
 */
export function cover(book: Book): Html {
  const colours = palettes[book.palette]
  const lines = linesOf(book.title)
  const size = sizeFor(lines)
  const top = 68 - ((lines.length - 1) * size * 1.12) / 2 + size * 0.35
  return html`<svg class="cover" viewBox="0 0 200 300" aria-hidden="true" focusable="false">
    <rect width="200" height="300" fill="${colours.cloth}" />
    <rect width="9" height="300" fill="#000000" opacity="0.16" />
    <rect x="9" width="2" height="300" fill="#ffffff" opacity="0.14" />
    <rect x="20" y="12" width="168" height="276" rx="2" fill="none" stroke="${colours.ink}" opacity="0.55" />
    <g transform="translate(4 0)">${draw(book.motif, colours)}</g>
    <g fill="${colours.ink}" font-family="${FACE}" text-anchor="middle">
      ${lines.map(
        (line, index) =>
          html`<text
            x="104"
            y="${(top + index * size * 1.12).toFixed(1)}"
            font-size="${size.toFixed(1)}"
            font-weight="700"
            >${line}</text
          >`,
      )}
      <text x="104" y="281" font-size="10.5" letter-spacing="0.6">${book.author}</text>
    </g>
  </svg>`
}
