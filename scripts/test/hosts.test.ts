import { describe, expect, it } from 'vitest'
import { drawn } from '../hosts/page.ts'
import { resultsOf, unexplained } from '../hosts/results.ts'

const PAGE =
  'before\n\n<!-- drawn from the results -->\n\nold\n\n<!-- the end of what is drawn -->\n\nafter\n'
const KOA = 'packages/koa/test/suite.test.ts'
const HONO = 'packages/hono/test/suite.test.ts'

const passed = (...names: readonly string[]) => names.map((fullName) => ({ fullName, status: 'passed' }))
const koa = passed(
  'Koa 3, h2, sealed > caches > keep nothing',
  'Koa 3, h2, sealed, in slow motion > caches > keep nothing',
  'Koa 3, h2, sealed > bodies > lets early hints pass',
  'Koa 3, h2, sealed, in slow motion > bodies > lets early hints pass',
)
const hono = passed(
  'the README of Hono, served by Node names what it cannot do: early hints',
  'Hono, served by Node, http/1.1, sealed > caches > keep nothing',
  'Hono, served by Node, http/1.1, sealed, in slow motion > caches > keep nothing',
)
const draw = (...reports: readonly (readonly [string, typeof koa])[]): string =>
  drawn(PAGE, resultsOf(new Map(reports)), () => '# Hono\n\n* It sends no early hints: why.\n')

describe('the page of hosts', () => {
  const page = draw([KOA, koa], [HONO, hono])

  it('shows each host with its protocol and its result in each mode', () => {
    expect(page).toContain(
      `
| host | package | connection | sealed | sealed, in slow motion |
|---|---|---|---|---|
| [Koa 3](../${KOA}) | \`@keepsake/koa\` | HTTP/2 | ✓ | ✓ |
| [Hono, served by Node](../${HONO}) | \`@keepsake/hono\` | HTTP/1.1 | ✓ without early hints | ✓ without early hints |
`,
    )
  })

  it('shows each feature with the packages whose hosts have passed it', () => {
    expect(page).toContain('\n| caches | ✓ | ✓ |\n| bodies | ✓ | ✓ without early hints |\n')
  })

  it('explains a limit of a host with the words of its README', () => {
    expect(page).toContain(
      '* early hints: [`@keepsake/hono`](../packages/hono/README.md) says: It sends no early hints: why.',
    )
  })

  it('keeps the text around the results, and replaces earlier results', () => {
    expect(page).toMatch(/^before\n.*\nafter\n$/s)
    expect(page).not.toContain('old')
    expect(drawn(page, resultsOf(new Map([[KOA, koa]])), () => '')).toBe(draw([KOA, koa]))
  })

  it('says if a host was not tested in a mode', () => {
    expect(draw([KOA, koa], [HONO, hono.slice(0, 2)])).toContain('✓ without early hints | not tried |')
  })
})

describe('the results of the adapter suites', () => {
  it('report a scenario that did not pass', () => {
    const [first] = koa
    expect(
      resultsOf(new Map([[KOA, [{ fullName: first?.fullName ?? '', status: 'failed' }]]])).faults,
    ).toEqual([`${KOA}: Koa 3, h2, sealed > caches > keep nothing: failed`])
  })

  it('accept a missing scenario if the README of the host names it as a limit', () => {
    expect(
      unexplained(
        resultsOf(
          new Map([
            [KOA, koa],
            [HONO, hono],
          ]),
        ),
      ),
    ).toEqual([])
  })

  it('report a scenario that other hosts, or the same host in another mode, have passed', () => {
    expect(
      unexplained(
        resultsOf(
          new Map([
            [KOA, koa],
            [HONO, hono.slice(1)],
          ]),
        ),
      ),
    ).toEqual([
      'Hono, served by Node, http/1.1, sealed has not shown: bodies > lets early hints pass',
      'Hono, served by Node, http/1.1, sealed, in slow motion has not shown: bodies > lets early hints pass',
    ])
    expect(unexplained(resultsOf(new Map([[KOA, koa.slice(0, 3)]])))).toEqual([
      'Koa 3, h2, sealed, in slow motion has not shown: bodies > lets early hints pass',
    ])
  })

  it('report a missing scenario that the README does not name, even if it names others', () => {
    const less = hono.filter(({ fullName }) => !fullName.includes('slow motion > caches'))
    const others = passed('Hono, served by Node, http/1.1, sealed, in slow motion > bodies > are sent')
    const lacking = unexplained(
      resultsOf(
        new Map([
          [KOA, koa],
          [HONO, [...less, ...others]],
        ]),
      ),
    )
    expect(lacking).toContain(
      'Hono, served by Node, http/1.1, sealed, in slow motion has not shown: caches > keep nothing',
    )
  })

  it('treat the scenario for handlers that return a response as a substitute for the one for others', () => {
    const reports = new Map([
      [KOA, passed('Koa 3, h2, sealed > the end > reports a change that comes right after the end, once')],
      [
        HONO,
        passed(
          'Hono, fetch, sealed > the end > saves a change made before the handler has returned its response',
        ),
      ],
    ])
    expect(unexplained(resultsOf(reports))).toEqual([])
  })
})
