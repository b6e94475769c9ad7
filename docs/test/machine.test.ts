import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blocksOf } from '../src/blocks.ts'
import { wrongCopies } from '../src/copies.ts'
import { anchorsOf, deadLinks } from '../src/links.ts'
import { modulesOf } from '../src/modules.ts'
import { folderOf, modulesOfPage, type Page } from '../src/pages.ts'
import { createStage, type Stage } from '../src/runs.ts'
import { checkTypes } from '../src/types.ts'

const MARK = '```'
/** A page of blocks: their first lines without the fences, then their code. */
const pageOf = (path: string, ...blocks: readonly (readonly [words: string, code: string])[]): Page => ({
  path,
  markdown: blocks.map(([words, code]) => `${MARK}${words}\n${code}\n${MARK}`).join('\n\n'),
})

const linking = (markdown: string): Page => ({ path: 'docs/page.md', markdown })

function write(page: Page): void {
  mkdirSync(folderOf(page), { recursive: true })
  for (const { file, text } of modulesOfPage(page)) writeFileSync(join(folderOf(page), file), text)
}

describe('the blocks of a page', () => {
  it('are found with their words and lines, including those in comments', () => {
    const blocks = blocksOf(
      'a\n\n```ts run in=x\none\ntwo\n```\n<!-- ts file=y.ts\nthree\n-->\n<!-- a remark -->\n<!-- http\nGET /\n-->',
    )
    expect(blocks).toEqual([
      { language: 'ts', words: ['run', 'in=x'], code: 'one\ntwo', line: 4 },
      { language: 'ts', words: ['file=y.ts'], code: 'three', line: 8 },
      { language: 'http', words: [], code: 'GET /', line: 12 },
    ])
  })

  it('may contain other blocks', () => {
    expect(blocksOf('````md\n```ts\nx\n```\n````')).toHaveLength(1)
  })

  it('that show a file are not modules, and are reported if they differ from the file', () => {
    const words = 'ts of=packages/recipes/astro/src/sessions.ts'
    const file = "export { sessions, type Visitor } from '../../sessions.ts'"
    const right = pageOf('a-page.md', [words, file])
    const wrong = pageOf('a-page.md', [words, `${file}\n// more`])
    expect([modulesOfPage(right), wrongCopies(right)]).toEqual([[], []])
    expect(wrongCopies(wrong)).toEqual([
      'a-page.md:2: the block differs from packages/recipes/astro/src/sessions.ts',
    ])
  })

  it('are rejected if one has no end or an unknown word', () => {
    expect(() => blocksOf('```ts\nconst a = 1')).toThrow('line 1')
    const [block] = blocksOf('\n```ts runs\n```')
    expect(() => modulesOf(block ? [block] : [], {})).toThrow('line 2: unknown word runs')
    const [needy] = blocksOf('```ts run needs=oracle\n```')
    expect(() => modulesOf(needy ? [needy] : [], {})).toThrow('line 1: unknown word needs=oracle')
  })

  it('are inserted into their frames, after the block that they continue', () => {
    const blocks = blocksOf('```ts in=f\na\n```\n```ts run continues needs=redis\nb\n```')
    const [, second] = modulesOf(blocks, { f: 'head\n  // …\ntail' })
    expect(second).toMatchObject({
      text: 'head\na\nb\ntail',
      lines: [undefined, 2, 5, undefined],
      kind: 'run',
      needs: ['redis'],
    })
  })
})

describe('an error in the code of a page', () => {
  const page = pageOf(
    'a-page.md',
    ['ts', 'const a: string = "a"\nconst b: number = a'],
    ['ts', 'session.user = 1'],
  )
  beforeAll(() => write(page))
  afterAll(() => rmSync(folderOf(page), { recursive: true }))

  it('is reported with its page and line', async () => {
    expect(await checkTypes([page])).toEqual([
      expect.stringMatching(/^a-page\.md:3: error TS2322/),
      expect.stringMatching(/^a-page\.md:7: error TS2304/),
    ])
  })
})

describe('an exchange on a page', () => {
  const app = `app.get('/', (req, res) => { req.session.visits = 1; res.send('one') })`
  const request = 'GET /\n\nHTTP/1.1 200 OK'
  const head = `Set-Cookie: __Host-session=…; Path=/; Secure; HttpOnly; SameSite=Lax\nVary: Cookie\nCache-Control: no-store`
  let stage: Stage
  beforeAll(() => void (stage = createStage()))
  afterAll(() => stage.close())

  async function play(code: string, ...shown: readonly (readonly [string, string])[]): Promise<string[]> {
    const page = pageOf(`played-${crypto.randomUUID()}.md`, ['ts run in=express', code], ...shown)
    write(page)
    const [module] = modulesOfPage(page)
    if (module === undefined) throw new Error('the page has no module')
    const problems = await stage.play(join(folderOf(page), module.file), module)
    rmSync(folderOf(page), { recursive: true })
    return problems
  }

  it('is accepted if it matches the response', async () => {
    expect(await play(app, ['http', `${request}\n${head}\n\none`])).toEqual([])
  })

  it.each([
    ['another status', `GET /\n\nHTTP/1.1 201 Created\n${head}\n\none`, 'the status is 200 OK'],
    ['another value', `${request}\n${head.replace('Lax', 'Strict')}\n\none`, 'no Set-Cookie'],
    ['a missing header', `${request}\n${head.replace('Vary: Cookie\n', '')}\n\none`, 'not on the page'],
    ['an additional header', `${request}\n${head}\nX-More: yes\n\none`, 'no X-More: yes'],
    ['another body', `${request}\n${head}\n\ntwo`, 'the body is'],
    ['no body', `${request}\n${head}`, 'the body is'],
    [
      'a cookie that the browser does not have',
      `GET /\nCookie: a=…\n\nHTTP/1.1 200 OK\n${head}\n\none`,
      'the browser sends',
    ],
  ])('is reported with %s', async (_, shown, problem) => {
    expect((await play(app, ['http', shown])).join('\n')).toContain(problem)
  })

  it.each([
    [100, []],
    [95, ['no Set-Cookie', 'not on the page']],
    [200, ['no Set-Cookie', 'not on the page']],
  ])(
    'with a Max-Age of 98 seconds, where the page shows %d, may be a few seconds short',
    async (shown, problems) => {
      const slow = `app.get('/', (req, res) => { res.set('Set-Cookie', 'a=b; Max-Age=98'); res.end() })`
      const found = await play(slow, ['http', `${request}\nSet-Cookie: a=b; Max-Age=${shown}`])
      expect(found.map((problem) => problem.replace(/^line \d+: (.+?):[^]*/, '$1'))).toEqual(problems)
    },
  )

  it('is reported if the browser sends a cookie that the page does not show', async () => {
    const twice = `${request}\n${head}\n\none\n\nGET /missing\n\nHTTP/1.1 404 Not Found\n\n…`
    expect((await play(app, ['http', twice])).join('\n')).toContain(
      'the browser sends Cookie: __Host-session=',
    )
  })

  it('is reported if the module throws, or prints something else', async () => {
    expect(await play('throw new Error("no")')).toEqual([expect.stringContaining('Error: no')])
    expect(await play('console.log("one")', ['text', 'two'])).toEqual([
      expect.stringContaining('it prints\none'),
    ])
    expect(await play('throw new Error("no")', ['text', 'Error: no'])).toEqual([])
  })
})

describe('a link on a page', () => {
  it('is broken if its file or its anchor does not exist', () => {
    const dead = '[a](nowhere.md) [b](../README.md#nowhere) [c](#nowhere) [d](../../..)'
    expect(deadLinks(linking(dead))).toHaveLength(4)
    expect(deadLinks(linking('[a](map.md) [b](map.md#words) [c](https://example.com) `[d](e)`'))).toEqual([])
  })

  it('uses the slug of a heading, with a number if the heading is repeated', () => {
    const anchors = anchorsOf("# What's `new`?\n## A – b\n## Same\n## Same\n")
    expect([...anchors]).toEqual(['whats-new', 'a--b', 'same', 'same-1'])
  })
})
