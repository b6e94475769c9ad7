import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { createSealer, type SealedFields, type Sealer } from '../src/sealer.ts'
import type { Choices } from './choices.ts'
import { mutated, mutatedOnce } from './mutation.ts'
import { expectThat, type Target } from './target.ts'

const secretOf = (label: string): string => createHash('sha256').update(label).digest('base64url')

const CHARACTERS =
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \t\n\0~*"\u00c1\u0141\ud800'
const ALPHABET = CHARACTERS.split('') as [string, ...string[]]
const MAX_TIME = 2 ** 40 - 1
const TIMES = [0, 1, 60, 1_800_000_000, 2 ** 32 - 1, 2 ** 32, MAX_TIME - 1, MAX_TIME] as const
const ROWS = [undefined, 'a'.repeat(32), 'b'.repeat(32)] as const

/** One sealer and the tokens that it has sealed: nothing else may ever open. */
interface Sealed {
  readonly sealer: Sealer
  readonly tokens: [string, ...string[]]
  readonly rowOf: Map<string, string | undefined>
}

function anyFields(choices: Choices): SealedFields {
  const [created, issued] = [choices.pick(TIMES), choices.pick(TIMES)].sort((a, b) => a - b) as [
    number,
    number,
  ]
  return {
    created,
    issued,
    expires: choices.pick(TIMES),
    permanent: choices.once(2),
    sid: Uint8Array.from({ length: 16 }, () => choices.below(256)),
    text: JSON.stringify({ text: choices.text(choices.once(20) ? 900 : 30, 0, 0xff_ff) }),
  }
}

const bytesChanged = (token: string, choices: Choices): string => {
  const bytes = Buffer.from(token, 'base64url')
  for (let left = 1 + choices.below(3); left > 0; left--)
    bytes[choices.below(bytes.length)] = choices.below(256)
  return bytes.toString('base64url')
}

function forged(own: Sealed, other: Sealed, choices: Choices): string {
  const token = choices.pick(own.tokens)
  const at = choices.below(token.length + 1)
  switch (choices.below(8)) {
    case 0:
      return mutatedOnce(token, choices, ALPHABET)
    case 1:
      return mutated(token, choices, ALPHABET)
    case 2:
      return bytesChanged(token, choices)
    case 3:
      return token.slice(0, at) + choices.pick(own.tokens).slice(at)
    case 4:
      return choices.pick(other.tokens)
    case 5:
      return token.slice(0, 12) + choices.pick(other.tokens).slice(12)
    case 6:
      return token.slice(0, choices.pick([12, 28, 44])) + choices.text(300, 0x2d, 0x7a)
    default:
      return choices.text(300, 0, 255)
  }
}

const CONTEXTS = [
  { name: '__Host-session', secrets: ['newest', 'older'] },
  { name: '__Host-session', secrets: ['older'] },
  { name: '__Host-other', secrets: ['newest'] },
  { name: '__Host-session', secrets: ['newest'], audience: 'shop' },
  { name: '__Host-session', secrets: ['newest'], purpose: 'store' },
] as const

/** The sealed codec: never throws, opens what it sealed to exactly that, and nothing else. */
export const codec: Target = {
  name: 'codec',
  prepare() {
    const all = CONTEXTS.map((context): Sealed => {
      const sealer = createSealer({ ...context, secrets: context.secrets.map(secretOf) })
      const fields = { created: 1, issued: 2, expires: 3, permanent: false, sid: new Uint8Array(16) }
      const rowOf = new Map<string, string | undefined>()
      for (let i = 0; i < 12; i++) {
        const row = ROWS[i % 3]
        rowOf.set(sealer.seal({ ...fields, text: JSON.stringify({ user: 'x'.repeat(i) }) }, row), row)
      }
      return { sealer, rowOf, tokens: [...rowOf.keys()] as [string, ...string[]] }
    }) as [Sealed, ...Sealed[]]
    // Tokens of the retired secret open with the ring that still contains it, which is correct.
    const isKnown = (own: Sealed, token: string, row: string | undefined): boolean =>
      own.rowOf.get(token) === row && own.rowOf.has(token)
        ? true
        : own === all[0] && all[1] !== undefined && all[1].rowOf.has(token) && all[1].rowOf.get(token) === row
    return (choices) => {
      const own = choices.pick(all)
      if (choices.once(8)) {
        const fields = anyFields(choices)
        const row = choices.pick(ROWS)
        const opened = own.sealer.open(own.sealer.seal(fields, row), row)
        const isSame =
          opened.ok &&
          isDeepStrictEqual(
            { ...opened.fields, sid: [...opened.fields.sid] },
            { ...fields, sid: [...fields.sid] },
          )
        expectThat(isSame, 'does not give back what was sealed', { ...fields, sid: [...fields.sid] })
        return
      }
      const token = forged(own, choices.pick(all), choices)
      const row = choices.pick(ROWS)
      const { ok } = own.sealer.open(token, row)
      expectThat(ok === isKnown(own, token, row), ok ? 'takes a forgery' : 'refuses its own', { token, row })
    }
  },
}
