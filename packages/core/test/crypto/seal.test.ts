import { createSecretKey, type KeyObject } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/base/errors.ts'
import { createRandomPool, type FillRandom } from '../../src/base/random.ts'
import { type Opened, type Sealer, sealerOf } from '../../src/crypto/seal.ts'
import { derive, readSecrets } from '../../src/crypto/secrets.ts'
import { contextOf, FIELD_BYTES, type SealedFields, writeFields } from '../../src/crypto/token.ts'
import { createDerivation, encryptInto } from '../../src/crypto/xaes.ts'
import { present, secretOf, START } from '../support.ts'
import { anyText } from '../record/texts.ts'
import * as fc from 'fast-check'
import file from '../vectors/sealed-v1.json' with { type: 'json' }

const FIELDS: SealedFields = {
  created: START,
  issued: START + 60,
  expires: START + 3600,
  permanent: false,
  sid: Buffer.from('00112233445566778899aabbccddeeff', 'hex'),
  text: '{"user":"alice"}',
}

const NAME = '__Host-session'
const CONTEXT = contextOf('cookie', NAME, '')
const keyOf = (label: string): KeyObject => present(readSecrets('secrets', [secretOf(label)])[0])
const sealerWith = (labels: readonly string[], context = CONTEXT, maxChars = 4096): Sealer =>
  sealerOf(readSecrets('secrets', labels.map(secretOf)), context, maxChars, createRandomPool())

const outcomeOf = (opened: Opened): string => (opened.ok ? 'opened' : opened.reason)

/** Returns these bytes in order. */
function handOut(bytes: Buffer): FillRandom {
  let at = 0
  return (target, start, end) => {
    target.set(bytes.subarray(at, (at += end - start)), start)
  }
}

const changedBytes = (token: string, change: (bytes: Buffer) => Buffer): string =>
  change(Buffer.from(token, 'base64url')).toString('base64url')

function plainOf(fields: SealedFields): Buffer {
  const plain = Buffer.alloc(FIELD_BYTES + Buffer.byteLength(fields.text))
  writeFields(plain, fields)
  return plain
}

/** A token of any plain text, assembled from the parts in the format. */
function sealedByHand(label: string, plain: Buffer): string {
  const secret = keyOf(label)
  const head = Buffer.concat([Buffer.from([1]), derive(secret, 'kid', CONTEXT, 8)])
  const nonce = Buffer.alloc(24, 5)
  const messageKey = createDerivation(createSecretKey(derive(secret, 'key', CONTEXT, 32)))(
    nonce.subarray(0, 12),
  )
  const sealed = Buffer.alloc(plain.length + 16)
  encryptInto(sealed, 0, messageKey, nonce.subarray(12), Buffer.concat([head, CONTEXT]), plain)
  return Buffer.concat([head, nonce, sealed]).toString('base64url')
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

interface Vector {
  readonly desc: string
  readonly secretHex: string
  readonly purpose: string
  readonly name: string
  readonly audience: string
  readonly nonceHex: string
  readonly created: number
  readonly issued: number
  readonly expires: number
  readonly permanent?: boolean
  readonly sidHex: string
  readonly json: string
  readonly token: string
}

const vectors = file.vectors as readonly Vector[]

const recordOf = (vector: Vector): SealedFields => ({
  created: vector.created,
  issued: vector.issued,
  expires: vector.expires,
  permanent: vector.permanent ?? false,
  sid: Buffer.from(vector.sidHex, 'hex'),
  text: vector.json,
})
const sealerFor = (vector: Vector, fillRandom: FillRandom): Sealer =>
  sealerOf(
    [createSecretKey(Buffer.from(vector.secretHex, 'hex'))],
    contextOf(vector.purpose, vector.name, vector.audience),
    4096,
    fillRandom,
  )

describe('the sealed format, version 1 (R52)', () => {
  it('has published vectors', () => {
    expect(vectors).toHaveLength(6)
  })

  it.each(vectors)('opens the vector "$desc" to exactly its fields', (vector) => {
    const opened = sealerFor(vector, createRandomPool()).open(vector.token)
    expect(opened).toEqual({ ok: true, fields: recordOf(vector), stale: false })
  })

  it.each(vectors)('writes the vector "$desc" exactly', (vector) => {
    const sealer = sealerFor(vector, handOut(Buffer.from(vector.nonceHex, 'hex')))
    expect(sealer.seal(recordOf(vector))).toBe(vector.token)
  })

  it('shows nothing of its content (R48)', () => {
    const sealer = sealerWith(['a'])
    const bytes = Buffer.from(sealer.seal({ ...FIELDS, text: '{"canary":"canary"}' }), 'base64url')
    expect(bytes.includes('canary')).toBe(false)
    expect(bytes.includes(Buffer.from(FIELDS.sid))).toBe(false)
    expect(bytes.readUInt8(0)).toBe(1)
  })

  it('has a length that depends only on the length of its text (R54)', () => {
    const sealer = sealerWith(['a'])
    const lengths = ['a'.repeat(500), Buffer.alloc(375, 0x5c).toString('base64url'), ' '.repeat(500)].map(
      (text) => sealer.seal({ ...FIELDS, text }).length,
    )
    expect(new Set(lengths).size).toBe(1)
  })
})

describe('a sealer', () => {
  it('opens what it sealed', () => {
    const sealer = sealerWith(['a'])
    fc.assert(
      fc.property(
        anyText({ maxLength: 2000 }).map((text) => text.toWellFormed().slice(0, 900)),
        fc.boolean(),
        (text, permanent) => {
          const fields = { ...FIELDS, text: text.toWellFormed(), permanent }
          expect(sealer.open(sealer.seal(fields))).toEqual({ ok: true, fields, stale: false })
        },
      ),
    )
  })

  it('returns fields that later calls do not change', () => {
    const sealer = sealerWith(['a'])
    const first = sealer.open(sealer.seal(FIELDS))
    sealer.open(sealer.seal({ ...FIELDS, sid: Buffer.alloc(16, 9), text: '{"user":"mallory"}' }))
    expect(first).toMatchObject({ ok: true, fields: FIELDS })
  })

  it('seals a text that is longer than any before', () => {
    const sealer = sealerWith(['a'], CONTEXT, 131_072)
    for (const length of [10, 4000, 30_000, 90_000, 10]) {
      const fields = { ...FIELDS, text: 'ä'.repeat(length / 2) }
      expect(sealer.open(sealer.seal(fields))).toMatchObject({ ok: true, fields: { text: fields.text } })
    }
  })

  it('seals a text of the maximum length', () => {
    // Characters of 3 bytes: as many as the first buffer holds, and one more.
    for (const length of [3060, 3061, 3062]) {
      const fields = { ...FIELDS, text: '€'.repeat(length) }
      const sealer = sealerWith(['a'], CONTEXT, 131_072)
      expect(sealer.open(sealer.seal(fields))).toEqual({ ok: true, fields, stale: false })
    }
  })

  it('rejects fields that do not fit into a token', () => {
    const sealer = sealerWith(['a'])
    expect(() => sealer.seal({ ...FIELDS, created: FIELDS.issued + 1 })).toThrow(RangeError)
    expect(() => sealer.seal({ ...FIELDS, expires: Number.NaN })).toThrow(RangeError)
    expect(() => sealer.seal({ ...FIELDS, sid: Buffer.alloc(8) })).toThrow(RangeError)
  })

  it('never uses a nonce twice in 66,000 seals, nor one prefix for more than 65,536 (R53)', () => {
    const sealer = sealerWith(['a'])
    const nonces = new Set<string>()
    const seals = new Map<string, number>()
    for (let i = 0; i < 66_000; i++) {
      const token = sealer.seal(FIELDS)
      nonces.add(token.slice(12, 44))
      seals.set(token.slice(12, 28), (seals.get(token.slice(12, 28)) ?? 0) + 1)
    }
    expect(nonces.size).toBe(66_000)
    expect([...seals.values()]).toEqual([65_536, 464])
  })

  it('uses new random bytes for the second half of every nonce', () => {
    const sealer = sealerWith(['a'])
    const ends = new Set(Array.from({ length: 1000 }, () => sealer.seal(FIELDS).slice(28, 44)))
    expect(ends.size).toBe(1000)
  })

  it('shares no prefix with another sealer of the same secret', () => {
    const [one, other] = [sealerWith(['a']), sealerWith(['a'])]
    expect(one.seal(FIELDS).slice(12, 28)).not.toBe(other.seal(FIELDS).slice(12, 28))
  })

  it('does not show its secrets (R62)', () => {
    const sealer = sealerWith(['a', 'b'])
    sealer.seal(FIELDS)
    const shown = inspect(sealer, { depth: 9, showHidden: true }) + JSON.stringify(sealer)
    for (const label of ['a', 'b']) {
      for (const encoding of ['utf8', 'hex', 'base64', 'base64url'] as const) {
        expect(shown).not.toContain(Buffer.from(secretOf(label)).toString(encoding))
      }
    }
  })
})

describe('one token, one spelling (R50)', () => {
  const sealer = sealerWith(['a'])
  // One for each possible number of characters after the last group of four.
  const tokens = ['{"user":"alice"}', '{"user":"alice!"}', '{"user":"alice!!"}'].map((text) =>
    sealer.seal({ ...FIELDS, text }),
  )

  it('is tested with tokens of every length modulo 3', () => {
    expect(tokens.map((token) => token.length % 4).toSorted((a, b) => a - b)).toEqual([0, 2, 3])
  })

  it('rejects every change of a single character', () => {
    const strangers = ['+', '/', '=', ' ', '\t', '\n', '.', '~', '\u0000', '\u00C1', '\u0141', '\uD800', '']
    let tried = 0
    for (const token of tokens) {
      expect(sealer.open(token).ok).toBe(true)
      for (let at = 0; at < token.length; at++) {
        for (const character of [...ALPHABET.split(''), ...strangers]) {
          const changed = token.slice(0, at) + character + token.slice(at + 1)
          if (changed === token) continue
          tried++
          if (sealer.open(changed).ok) expect.fail(`accepts ${JSON.stringify(character)} at ${at}`)
        }
      }
    }
    expect(tried).toBeGreaterThan(25_000)
  })

  it('rejects every truncation and every inserted character', () => {
    for (const token of tokens) {
      for (let at = 0; at < token.length; at++) {
        expect(sealer.open(token.slice(0, at)).ok).toBe(false)
        expect(sealer.open(token.slice(at + 1)).ok).toBe(false)
        for (const character of ['A', '_', '=', ' ', '\n']) {
          expect(sealer.open(token.slice(0, at) + character + token.slice(at)).ok).toBe(false)
        }
      }
    }
  })

  it('rejects every extension, padding and surrounding space', () => {
    for (const token of tokens) {
      const ends = ['A', 'AA', 'AAA', 'AAAA', '=', '==', '===', ' ', '\n', '\r\n', '\u0000', '.', ';', token]
      for (const end of ends) {
        expect(sealer.open(token + end).ok).toBe(false)
        expect(sealer.open(end + token).ok).toBe(false)
      }
    }
  })

  it('rejects the other base64 alphabet', () => {
    const token = present(
      Array.from({ length: 1000 }, () => sealer.seal(FIELDS)).find((one) => /-/.test(one) && /_/.test(one)),
    )
    expect(sealer.open(token).ok).toBe(true)
    expect(sealer.open(token.replaceAll('-', '+')).ok).toBe(false)
    expect(sealer.open(token.replaceAll('_', '/')).ok).toBe(false)
    expect(sealer.open(token.replaceAll('-', '+').replaceAll('_', '/')).ok).toBe(false)
  })

  it('rejects unused last bits that a base64 decoder ignores', () => {
    for (const token of tokens.filter((one) => one.length % 4 !== 0)) {
      const bytes = Buffer.from(token, 'base64url')
      const spellings = ALPHABET.split('')
        .map((last) => token.slice(0, -1) + last)
        .filter((spelling) => Buffer.from(spelling, 'base64url').equals(bytes))
      expect(spellings.length).toBeGreaterThan(1)
      expect(spellings.filter((spelling) => sealer.open(spelling).ok)).toEqual([token])
    }
  })

  it('rejects every splice of two tokens', () => {
    for (const one of tokens) {
      for (const other of [...tokens, sealer.seal(FIELDS)]) {
        for (let at = 0; at <= one.length; at++) {
          const splice = one.slice(0, at) + other.slice(at)
          if (splice !== one && splice !== other) expect(sealer.open(splice).ok).toBe(false)
        }
      }
    }
  })

  it('rejects every flipped bit, in the version and the key id too', () => {
    for (const token of tokens) {
      const bits = Buffer.from(token, 'base64url').length * 8
      for (let bit = 0; bit < bits; bit++) {
        const flipped = changedBytes(token, (bytes) => {
          bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
          return bytes
        })
        expect(outcomeOf(sealer.open(flipped))).toBe(bit < 72 ? 'unknown_key' : 'forged')
      }
    }
  })

  it('rejects shortened tags (R51)', () => {
    for (const text of ['{}', '{"user":"alice"}', `{"a":"${'x'.repeat(100)}"}`]) {
      const token = sealer.seal({ ...FIELDS, text })
      for (let cut = 1; cut <= 16; cut++) {
        const opened = sealer.open(changedBytes(token, (bytes) => bytes.subarray(0, bytes.length - cut)))
        expect(opened.ok).toBe(false)
      }
    }
  })
})

describe('opening a token', () => {
  const sealer = sealerWith(['a'])
  const token = sealer.seal(FIELDS)

  it.each<[string, string, string]>([
    ['nothing', 'malformed', ''],
    ['107 characters', 'malformed', token.slice(0, 107)],
    ['a length that no base64 has', 'malformed', `${token.slice(0, 12)}${'A'.repeat(97)}`],
    ['4,097 characters', 'malformed', `${token.slice(0, 12)}${'A'.repeat(4085)}`],
    ['a character outside the alphabet', 'malformed', `${token.slice(0, -1)}.`],
    ['text of another key', 'unknown_key', `AQ${'A'.repeat(106)}`],
    ['another version', 'unknown_key', changedBytes(token, (bytes) => bytes.fill(2, 0, 1))],
    ['a token of another library', 'unknown_key', 'Fe26.2*constructor*'.padEnd(120, 'a')],
    ['a valid head followed by zeros', 'forged', `${token.slice(0, 12)}${'A'.repeat(100)}`],
    ['108 characters with a wrong tag', 'forged', `${token.slice(0, 12)}${'A'.repeat(96)}`],
    ['its own token', 'opened', token],
  ])('finds %s %s', (_, outcome, text) => {
    expect(outcomeOf(sealer.open(text))).toBe(outcome)
  })

  it.each([[undefined], [null], [1], [{}], [['A'.repeat(120)]], [{ length: 120 }]])(
    'rejects %j, which is not text',
    (value) => {
      expect(outcomeOf(sealer.open(value as string))).toBe('malformed')
    },
  )

  it('never throws, and never opens a text that was not sealed', () => {
    const head = token.slice(0, 12)
    const unit = fc.constantFrom(...ALPHABET.split(''))
    fc.assert(
      fc.property(
        fc.oneof(
          anyText({ maxLength: 200 }),
          fc.string({ unit, minLength: 96, maxLength: 400 }),
          fc.string({ unit, minLength: 96, maxLength: 400 }).map((tail) => head + tail),
        ),
        (text) => !sealer.open(text).ok,
      ),
    )
  })

  it('accepts tokens up to the sealer’s maximum length', () => {
    const short = sealerWith(['a'], CONTEXT, token.length)
    expect(short.open(token).ok).toBe(true)
    expect(outcomeOf(sealerWith(['a'], CONTEXT, token.length - 1).open(token))).toBe('malformed')
  })

  it.each<[string, (plain: Buffer) => Buffer, string]>([
    ['the fields as they are', (plain) => plain, 'opened'],
    ['an unknown flag', (plain) => plain.fill(0b10, 0, 1), 'corrupt'],
    ['a beginning after the issue', (plain) => plain.fill(0xff, 1, 6), 'corrupt'],
    ['text that is not UTF-8', (plain) => Buffer.concat([plain, Buffer.from([0xff])]), 'corrupt'],
    ['a byte order mark', (plain) => Buffer.concat([plain, Buffer.from('efbbbf', 'hex')]), 'opened'],
  ])('finds %s, sealed under its own key, …: %s', (_, change, outcome) => {
    const opened = sealer.open(sealedByHand('a', change(plainOf(FIELDS))))
    expect(outcomeOf(opened)).toBe(outcome)
  })

  it('returns only the reason of a failure', () => {
    const refused = sealer.open(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)
    expect(Object.keys(refused)).toEqual(['ok', 'reason'])
    expect(Object.isFrozen(refused)).toBe(true)
  })
})

describe('the context of a token (R49)', () => {
  const contexts: readonly (readonly [string, string, string])[] = [
    ['cookie', NAME, ''],
    ['store', NAME, ''],
    ['cookie', '__Host-other', ''],
    ['cookie', NAME, 'shop.example'],
    ['cookie', NAME, 'shop'],
  ]
  const sealers = contexts.map((context) => sealerWith(['a'], contextOf(...context)))

  it.each([0, 1, 2, 3, 4])('number %d opens only its own tokens', (own) => {
    const token = present(sealers[own]).seal(FIELDS)
    expect(sealers.map((sealer) => outcomeOf(sealer.open(token)))).toEqual(
      contexts.map((_, i) => (i === own ? 'opened' : 'unknown_key')),
    )
  })

  it('is authenticated too: a token under a borrowed key id does not open', () => {
    const tokens = sealers.map((sealer) => sealer.seal(FIELDS))
    for (const [i, sealer] of sealers.entries()) {
      for (const [j, token] of tokens.entries()) {
        if (i !== j) {
          expect(outcomeOf(sealer.open(present(tokens[i]).slice(0, 12) + token.slice(12)))).toBe('forged')
        }
      }
    }
  })

  it('binds a record to its row', () => {
    const sealer = sealerWith(['a'], contextOf('store', NAME, ''))
    const token = sealer.seal(FIELDS, 'row 1')
    expect(sealer.open(token, 'row 1')).toEqual({ ok: true, fields: FIELDS, stale: false })
    expect(outcomeOf(sealer.open(token, 'row 2'))).toBe('forged')
    expect(outcomeOf(sealer.open(token))).toBe('forged')
    expect(outcomeOf(sealer.open(sealer.seal(FIELDS), 'row 1'))).toBe('forged')
  })
})

describe('a ring of secrets', () => {
  it('seals with the newest and opens with all; the older are stale (R59)', () => {
    const before = sealerWith(['old'])
    const after = sealerWith(['new', 'old'])
    const [old, fresh] = [before.seal(FIELDS), after.seal(FIELDS)]
    expect(after.open(old)).toEqual({ ok: true, fields: FIELDS, stale: true })
    expect(after.open(fresh)).toEqual({ ok: true, fields: FIELDS, stale: false })
    expect(outcomeOf(before.open(fresh))).toBe('unknown_key')
    expect(sealerWith(['new']).seal(FIELDS).slice(0, 12)).toBe(fresh.slice(0, 12))
  })

  it('opens nothing any more for a secret that was removed (R60)', () => {
    const token = sealerWith(['old']).seal(FIELDS)
    expect(sealerWith(['new', 'old']).open(token).ok).toBe(true)
    expect(outcomeOf(sealerWith(['new']).open(token))).toBe('unknown_key')
  })

  it('works with 50 secrets', () => {
    const labels = Array.from({ length: 50 }, (_, i) => `secret ${i}`)
    const ring = sealerWith(labels)
    for (const [i, label] of labels.entries()) {
      expect(ring.open(sealerWith([label]).seal(FIELDS))).toEqual({ ok: true, fields: FIELDS, stale: i > 0 })
    }
    expect(ring.seal(FIELDS).slice(0, 12)).toBe(sealerWith(['secret 0']).seal(FIELDS).slice(0, 12))
  })

  it('rejects two secrets with the same key id, and an empty ring (R60)', () => {
    const [key] = readSecrets('secrets', [secretOf('a')])
    expect(() => sealerOf([key, key], CONTEXT, 4096, createRandomPool())).toThrow(
      'secrets: two secrets have the same key id; replace one of them',
    )
    expect(() => sealerWith(['a', 'a'])).toThrow(ConfigError)
    expect(() => sealerWith([])).toThrow(ConfigError)
  })
})

describe('the keys of messages in a sealer', () => {
  it('open tokens of many epochs', () => {
    const tokens = Array.from({ length: 1500 }, () => sealerWith(['a']).seal(FIELDS))
    const sealer = sealerWith(['a'])
    for (let round = 0; round < 2; round++) {
      for (const token of tokens) if (!sealer.open(token).ok) expect.fail('does not open')
    }
  })
})
