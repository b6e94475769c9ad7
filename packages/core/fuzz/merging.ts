import { SessionDataError } from '../src/base/errors.ts'
import { mergeTexts } from '../src/record/merge.ts'
import { readText, writeText } from '../src/record/text.ts'
import { anyObject } from './anything.ts'
import type { Choices } from './choices.ts'
import { isSame } from './same.ts'
import { expectThat, type Target } from './target.ts'

type Data = Readonly<Record<string, unknown>>

/** Some keys changed, removed and added; lists mostly get longer. */
function changed(data: Data, choices: Choices): Data {
  const entries = Object.entries(data).flatMap(([key, value]): (readonly [string, unknown])[] => {
    if (Array.isArray(value) && choices.once(2)) return [[key, [...(value as unknown[]), choices.below(3)]]]
    if (choices.once(6)) return []
    return [[key, choices.once(4) ? anyObject(choices, 1) : value]]
  })
  return Object.fromEntries([...entries, ...Object.entries(choices.once(2) ? anyObject(choices, 1) : {})])
}

function textOf(data: Data): string | undefined {
  try {
    return writeText(data, undefined)
  } catch (error) {
    if (error instanceof SessionDataError) return undefined
    throw error
  }
}

const dataOf = (text: string): Data => readText(text)?.data ?? {}

/** The three-way merge: identity, nothing lost that one side changed, and the same outcome in either order. */
export const merging: Target = {
  name: 'merge',
  prepare: () => (choices) => {
    const [base, mine, theirs] = sidesOf(choices)
    if (base === undefined || mine === undefined || theirs === undefined) return
    let conflicts = 0
    const resolve = ({ mine: own }: { mine: unknown }): unknown => {
      conflicts++
      return own
    }
    const input = { base, mine, theirs }
    const merged = mergeTexts(base, mine, theirs, resolve)
    const hasConflicts = conflicts > 0
    expectThat(
      mergeTexts(base, mine, base, resolve) === mine,
      'is not mine where they changed nothing',
      input,
    )
    expectThat(
      mergeTexts(base, base, theirs, resolve) === theirs,
      'is not theirs where I changed nothing',
      input,
    )
    expectThat(writeText(dataOf(merged), undefined) === merged, 'is no text that would be written', input)
    checkKeys(dataOf(base), dataOf(mine), dataOf(theirs), dataOf(merged), input)
    if (hasConflicts) return
    const other = mergeTexts(base, theirs, mine, resolve)
    const [one, two] = [dataOf(merged), dataOf(other)].map((data) => Object.keys(data).sort())
    expectThat(isSame(one, two), 'has other keys where they come first', input)
    expectThat(
      mergeTexts(theirs, merged, theirs, resolve) === merged,
      'does not stay when it is merged again',
      input,
    )
  },
}

function sidesOf(choices: Choices): readonly (string | undefined)[] {
  const base = anyObject(choices, 2)
  return [textOf(base), textOf(changed(base, choices)), textOf(changed(base, choices))]
}

const at = (data: Data, key: string): unknown => (Object.hasOwn(data, key) ? data[key] : undefined)

/** The items that a side has appended to a list; undefined if it changed the list in another way. */
function tailOf(was: unknown, side: unknown): unknown[] | undefined {
  if (!Array.isArray(was) || !Array.isArray(side)) return undefined
  return isSame(side.slice(0, was.length), was) ? side.slice(was.length) : undefined
}

/** A value that only one side changed is the value of that side. */
function checkKeys(base: Data, mine: Data, theirs: Data, merged: Data, input: unknown): void {
  for (const key of new Set([base, mine, theirs, merged].flatMap((data) => Object.keys(data)))) {
    const [was, own, other, now] = [base, mine, theirs, merged].map((data) => at(data, key))
    const tails = [own, other].map((side) => tailOf(was, side))
    if (tails[0] !== undefined && tails[1] !== undefined) {
      const both = [...(was as unknown[]), ...tails[1], ...tails[0]]
      expectThat(isSame(now, both), `lost what was appended to ${key}`, input)
    } else if (isSame(was, other)) expectThat(isSame(now, own), `lost mine of ${key}`, input)
    else if (isSame(was, own)) expectThat(isSame(now, other), `lost theirs of ${key}`, input)
  }
}
