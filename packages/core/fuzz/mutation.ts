import type { Choices } from './choices.ts'

/** Changes a text in one to four places, like damage in transit, or like a person with an editor. */
export function mutated(text: string, choices: Choices, alphabet: readonly [string, ...string[]]): string {
  let result = text
  for (let left = 1 + choices.below(4); left > 0; left--) {
    result = mutatedOnce(result, choices, alphabet)
  }
  return result
}

export function mutatedOnce(
  text: string,
  choices: Choices,
  alphabet: readonly [string, ...string[]],
): string {
  const at = choices.below(text.length + 1)
  const to = at + choices.below(text.length - at + 1)
  const character = choices.pick(alphabet)
  switch (choices.below(8)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1)
    case 1:
      return text.slice(0, at) + character + text.slice(at)
    case 2:
    case 3:
      return text.slice(0, at) + character + text.slice(at + 1)
    case 4:
      return text.slice(0, at)
    case 5:
      return text.slice(0, to) + text.slice(at)
    case 6:
      return text.slice(0, at) + text.slice(to)
    default:
      return text.slice(0, at) + text.slice(at, to).toUpperCase() + text.slice(to)
  }
}
