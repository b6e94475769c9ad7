/** A test that a row of the table names, as `file > name`. */
export interface NamedTest {
  /** The path from the root of the repository. */
  readonly file: string
  /** Groups and title joined by ` > `, or a part of them; `…` matches anything. */
  readonly name: string
}

export interface Row {
  readonly id: string
  readonly tests: readonly NamedTest[]
}

/** The rows of the table of requirements: `| R1 | requirement | source | test<br>test |`. */
export function rowsOf(markdown: string): Row[] {
  return markdown
    .split('\n')
    .filter((line) => /^\| R\d+ \|/.test(line))
    .map((line) => {
      const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim())
      return { id: cells[1] ?? '', tests: testsOf(cells[4] ?? '') }
    })
}

function testsOf(cell: string): NamedTest[] {
  return cell
    .split('<br>')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => {
      const [file = '', ...name] = text.replaceAll('`', '').replaceAll('\\|', '|').split(' > ')
      return { file: file.startsWith('examples/') ? file : `packages/${file}`, name: name.join(' > ') }
    })
}

/** The faults of the table: a missing or duplicate number, a row without a test, a test without a name. */
export function faultsOf(rows: readonly Row[], last: number): string[] {
  const wanted = Array.from({ length: last }, (_, at) => `R${at + 1}`)
  const found = rows.map(({ id }) => id)
  return [
    ...wanted.filter((id) => !found.includes(id)).map((id) => `${id} is missing`),
    ...found.filter((id, at) => found.indexOf(id) !== at).map((id) => `${id} appears twice`),
    ...found.filter((id) => !wanted.includes(id)).map((id) => `${id} is not a requirement`),
    ...rows.filter(({ tests }) => tests.length === 0).map(({ id }) => `${id} names no test`),
    ...rows.flatMap(({ id, tests }) =>
      tests.filter(({ name }) => name === '').map(({ file }) => `${id}: ${file} has no test name`),
    ),
  ]
}
