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
  'of Hono, served by Node names in its README what it cannot do: early hints',
  'Hono, served by Node, http/1.1, sealed > caches > keep nothing',
  'Hono, served by Node, http/1.1, sealed, in slow motion > caches > keep nothing',
)
const draw = (...reports: readonly (readonly [string, typeof koa])[]): string =>
  drawn(PAGE, resultsOf(new Map(reports)), () => '# Hono\n\n* It sends no early hints: why.\n')

describe('the page of hosts', () => {
  const page = draw([KOA, koa], [HONO, hono])

  it('has each host with what it is asked over, and what it has passed in each mode', () => {
    expect(page).toContain(
      `
| host | package | connection | sealed | sealed, in slow motion |
|---|---|---|---|---|
| [Koa 3](../${KOA}) | \`@keepsake/koa\` | HTTP/2 | ✓ | ✓ |
| [Hono, served by Node](../${HONO}) | \`@keepsake/hono\` | HTTP/1.1 | ✓ without early hints | ✓ without early hints |
`,
    )
  })

  it('has each feature with the packages whose hosts have passed it', () => {
    expect(page).toContain('\n| caches | ✓ | ✓ |\n| bodies | ✓ | ✓ without early hints |\n')
  })

  it('says why a host cannot do something, in the words of its README', () => {
    expect(page).toContain(
      '* early hints: [`@keepsake/hono`](../packages/hono/README.md) says: It sends no early hints: why.',
    )
  })

  it('keeps what is written around the results, and nothing of earlier ones', () => {
    expect(page).toMatch(/^before\n.*\nafter\n$/s)
    expect(page).not.toContain('old')
    expect(drawn(page, resultsOf(new Map([[KOA, koa]])), () => '')).toBe(draw([KOA, koa]))
  })

  it('says so where a host is not tried in a mode', () => {
    expect(draw([KOA, koa], [HONO, hono.slice(0, 2)])).toContain('✓ without early hints | not tried |')
  })
})

describe('the results of the adapter suites', () => {
  it('have a fault where a scenario did not pass', () => {
    const [first] = koa
    expect(
      resultsOf(new Map([[KOA, [{ fullName: first?.fullName ?? '', status: 'failed' }]]])).faults,
    ).toEqual([`${KOA}: Koa 3, h2, sealed > caches > keep nothing: failed`])
  })

  it('lack nothing without a reason where a README names what a host cannot do', () => {
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

  it('lack what other hosts have shown, or the same one in another mode', () => {
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

  it('lack what a README does not name, beside what it names', () => {
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

  it('take what is asked of handlers that return a response for what is asked of others in its place', () => {
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
