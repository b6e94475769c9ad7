import { expect, it } from 'vitest'
import { readPages } from '../src/pages.ts'

const pages = readPages()
const decisions = pages.filter(({ path }) => /^docs\/decisions\/\d{4}-/.test(path))

const isOpenEnded = ({ markdown }: (typeof pages)[number]): boolean =>
  !/\*\*When to revisit\.\*\* [^\n]+(?:\n[^\n]+)*\n?$/.test(markdown)

it('each decision ends with a paragraph that says when to reconsider it', () => {
  expect(decisions.length).toBeGreaterThan(0)
  expect(decisions.filter(isOpenEnded).map(({ path }) => path)).toEqual([])
})

it('the index lists every decision under its number', () => {
  const list = pages.find(({ path }) => path === 'docs/decisions/README.md')?.markdown ?? ''
  const listed = [...list.matchAll(/^(\d+)\. \[.*\]\((.*)\)$/gm)].map(([, number, file]) => [
    Number(number),
    file,
  ])
  const there = decisions.map(({ path }) => path.replace('docs/decisions/', ''))
  expect(listed).toEqual(there.map((file) => [Number(file.slice(0, 4)), file]))
})
