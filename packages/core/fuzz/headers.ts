import type { Choices } from './choices.ts'
import { mutated } from './mutation.ts'

const WORDS = [
  'a',
  'b',
  '',
  '__Host-sid',
  '__HOST-sid',
  '__Host-sidx',
  '$Version',
  '$Path',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'a b',
  '"',
  '"x"',
  ',',
  '\\',
  '%61',
  '%E0%A4%A',
  '=',
  'é',
] as const
const BLANKS = [
  '',
  '',
  '',
  ' ',
  '\t',
  ' \t ',
  '\u00a0',
  '\u000b',
  '\u000c',
  '\u0085',
  '\ufeff',
  '\r\n',
  '\0',
] as const
const EQUALS = ['=', '=', '=', '', '=='] as const
const SEPARATORS = [';', '; ', '; ', ';;', ' ; ', ',', ', ', '\n'] as const
const SIGNS = [
  ';',
  '=',
  ' ',
  '\t',
  '"',
  ',',
  '\\',
  '$',
  '\u00a0',
  '\0',
  'a',
  '_',
  '%',
  '\ud800',
  '\uffff',
] as const

/** Headers that have misled parsers: sandwiches, look-alike prefixes, quotes, folding, JSON, lengths at the bounds. */
const CORPUS = [
  'a="; __Host-sid=S; b="',
  '\u00a0__Host-sid=evil; __Host-sid=good',
  '$Version=1; a=b; $Path="/"; $Domain="x"',
  'a=b, c=d; e=f',
  'a="b\\"; c=d"; e=f',
  '; ; ;=; =x; x; x=; ==; =x=y',
  'a=1; a=2; A=3; a =4;\ta=5',
  'foo="bar=baz"; x={"a":"b;c"}',
  `a=${'x'.repeat(4096)}`,
  ';'.repeat(300),
  'a=1;'.repeat(300),
  '__proto__=1; constructor=2; __proto__=3',
] as const

function pair(choices: Choices): string {
  const blank = (): string => choices.pick(BLANKS)
  const [name, value] = [choices.pick(WORDS), choices.pick(WORDS)]
  return `${blank()}${name}${blank()}${choices.pick(EQUALS)}${blank()}${value}${blank()}`
}

/** Any possible text of a `Cookie` header, and some impossible ones. */
export function anyHeader(choices: Choices): string {
  switch (choices.below(10)) {
    case 0:
      return choices.text(120, 0, 255)
    case 1:
      return choices.text(40, 0, 0xff_ff)
    case 2:
      return choices.once(500) ? longHeader(choices) : mutated(choices.pick(CORPUS), choices, SIGNS)
    case 3:
    case 4:
      return mutated(grammatical(choices), choices, SIGNS)
    default:
      return grammatical(choices)
  }
}

const grammatical = (choices: Choices): string =>
  choices
    .list(10, () => pair(choices))
    .map((text, at) => (at === 0 ? text : choices.pick(SEPARATORS) + text))
    .join('')

/** Around the bounds of 16 KiB and 256 pairs. */
function longHeader(choices: Choices): string {
  const unit = choices.once(2) ? pair(choices) : choices.pick(SIGNS)
  const count = Math.floor((16_384 - 40 + choices.below(80)) / Math.max(1, unit.length))
  return choices.once(2) ? unit.repeat(count) : `${unit};`.repeat(250 + choices.below(12))
}

const NAMES = ['a', 'b', '__Host-sid', '$Version', '__proto__', 'constructor', 'x'] as const

/** A cookie name to search for: a token, like the name of each of our cookies. */
export const anyName = (choices: Choices): string => choices.pick(NAMES)
