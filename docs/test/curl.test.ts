import { expect, it } from 'vitest'
import { blocksOf } from '../src/blocks.ts'
import { readPages } from '../src/pages.ts'

const APP = 'http://localhost:3000'
const pages = readPages().filter(({ path }) => /getting-started\/(?!next)/.test(path))

/** The requests that commands make, as `POST /cart?sku=A1` and the body. */
function requestsOf(commands: string): string[] {
  return commands.split('\n').map((command) => {
    const body = / -d (\S+)/.exec(command)?.[1] ?? ''
    const isPost = body !== '' || command.includes(' -X POST ')
    return `${isPost ? 'POST' : 'GET'} ${/localhost:3000([^']*)/.exec(command)?.[1]} ${body}`.trim()
  })
}

/** The requests of exchanges, in the same form. */
const requestsIn = (exchanges: string): string[] =>
  [...exchanges.matchAll(/^((?:GET|POST) \S+)\n((?:\S+: .+\n)*)\n(\w+=\w+)?/gm)].map(
    ([, line, , body = '']) => `${line} ${body}`.trim(),
  )

it.each(pages)(
  'the curl commands on $path send the requests whose responses the page shows',
  ({ markdown }) => {
    const blocks = blocksOf(markdown)
    const at = blocks.findIndex(({ code }) => code.startsWith('curl '))
    const commands = blocks[at]?.code ?? ''
    expect(commands.split('\n').filter((command) => !command.includes(APP))).toEqual([])
    expect(requestsOf(commands)).toEqual(requestsIn(blocks[at + 1]?.code ?? ''))
  },
)
