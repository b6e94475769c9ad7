/*
 * `pnpm --filter @keepsake/core longest`: the cost of reading the longest `Cookie` headers, in forms that mislead other
 * parsers, and how much more 16 KiB cost than 8 KiB. The minimum of many rounds, because other work on the machine can
 * only make a round longer.
 */
import { cookieValues, MAX_HEADER_LENGTH, readCookies } from '../src/cookie/read.ts'

const UNITS = [
  ' ',
  '\t',
  ';',
  '=',
  '"',
  ',',
  '\\',
  'a',
  'a=',
  'a;',
  '; ',
  ' =',
  ' ;',
  '= ',
  '=;',
  'a=b; ',
  '\u00a0',
  '%',
  '__Host-session=x;',
  '$',
]
const ROUNDS = 400

function leastMicroseconds(work: () => unknown): number {
  let least = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    const begun = process.hrtime.bigint()
    work()
    least = Math.min(least, Number(process.hrtime.bigint() - begun) / 1000)
  }
  return least
}

const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  'all cookies': (text) => readCookies(text),
  'one cookie': (text) => cookieValues(text, '__Host-session'),
}

let worst = 0
for (const [name, read] of Object.entries(READERS)) {
  for (const unit of UNITS) {
    const textOf = (length: number): string => unit.repeat(length / unit.length).padEnd(length, unit)
    const [whole, half] = [MAX_HEADER_LENGTH, MAX_HEADER_LENGTH / 2].map((length) => {
      const text = textOf(length)
      return leastMicroseconds(() => read(text))
    }) as [number, number]
    worst = Math.max(worst, whole)
    const ratio = (whole / half).toFixed(2)
    console.log(
      `${name}, 16 KiB of ${JSON.stringify(unit).padEnd(20)} ${whole.toFixed(1).padStart(8)} µs, ${ratio} times 8 KiB`,
    )
  }
}
console.log(`longest: ${worst.toFixed(1)} µs`)
