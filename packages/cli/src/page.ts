/** A heading and lines of two columns, for display. */
export interface Section {
  readonly title: string
  readonly rows: readonly (readonly [label: string, text: string])[]
  /** Text below the rows; it may have several lines. */
  readonly body?: string | undefined
}

/** Sections as text: the second column starts after the longest label of its section. */
export function pageOf(sections: readonly Section[]): string {
  return sections.map(sectionText).join('\n\n')
}

function sectionText({ title, rows, body }: Section): string {
  const width = Math.max(0, ...rows.map(([label]) => label.length))
  const lines = rows.map(([label, text]) => `  ${label.padEnd(width)}  ${printable(text)}`.trimEnd())
  const below = body === undefined ? [] : body.split('\n').map((line) => `  ${printable(line)}`)
  return [printable(title), ...lines, ...below].join('\n')
}

/** Lines of columns, each as wide as its longest text. */
export function tableOf(lines: readonly (readonly string[])[]): string {
  const shown = lines.map((line) => line.map(printable))
  const widths = (shown[0] ?? []).map((_, n) =>
    shown.reduce((most, line) => Math.max(most, line[n]?.length ?? 0), 0),
  )
  return shown
    .map((line) =>
      line
        .map((text, n) => text.padEnd(widths[n] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Escapes control characters, which a terminal would execute. */
const printable = (text: string): string =>
  text.replaceAll(/\p{Cc}/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
