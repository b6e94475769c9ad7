import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createSessions, memoryStore, type Session, type Store, type StoredRecord } from '../src/index.ts'
import { createSealer, type SealedFields, type SealerOptions } from '../src/sealer.ts'
import { readText, writeText } from '../src/record/text.ts'
import { metaOf } from './record/texts.ts'
import file from './vectors/sealed-v1.json' with { type: 'json' }

const PROGRAM = fileURLToPath(new URL('../../../docs/format/keepsake_token.py', import.meta.url))

const python = ['/usr/bin/python3', 'python3'].find(
  (command) => spawnSync(command, ['-c', 'import cryptography']).status === 0,
)
if (python === undefined) {
  const how = 'no Python with the cryptography package (Debian: apt-get install python3-cryptography)'
  if (process.env['CI']) throw new Error(how)
  console.log(`SKIPPED: ${how}`)
}

/** Bytes that are the same in every run, but differ between labels. */
const bytesOf = (label: string, length: number): Buffer =>
  createHash('shake256', { outputLength: length }).update(label).digest()

interface Case extends SealerOptions {
  readonly secret: Buffer
  readonly purpose: 'cookie' | 'store'
  readonly audience: string
  readonly rowKey: string | undefined
  readonly fields: SealedFields
  readonly nonce: Buffer
}

const CASES = Array.from({ length: 60 }, (_, i): Case => {
  const secret = bytesOf(`secret ${i}`, 32 + (i % 9))
  const purpose = i % 2 === 0 ? 'cookie' : 'store'
  return {
    secret,
    secrets: [secret],
    purpose,
    name: `__Host-${'n'.repeat(i % 4)}`,
    audience: i % 3 === 0 ? '' : `shop ${i} ü`,
    rowKey: purpose === 'store' ? bytesOf(`row ${i}`, 16).toString('hex') : undefined,
    fields: {
      created: 1_800_000_000 + i,
      issued: 1_800_000_000 + 2 * i,
      expires: i === 1 ? 2 ** 40 - 1 : 1_900_000_000,
      permanent: i % 4 === 0,
      sid: bytesOf(`sid ${i}`, 16),
      text: JSON.stringify({ text: 'é🍪 '.repeat(i) }),
    },
    nonce: bytesOf(`nonce ${i}`, 24),
  }
})

function askPython(requests: readonly object[]): unknown[] {
  const input = requests.map((request) => JSON.stringify(request)).join('\n')
  const output = execFileSync(python ?? '', [PROGRAM], { input, encoding: 'utf8' })
  return output
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
}

const contextOf = ({ secret, purpose, name, audience, rowKey }: Case) => ({
  secret: secret.toString('hex'),
  purpose,
  name,
  audience,
  rowKey: rowKey ?? '',
})

const sealerOf = ({ secrets, purpose, name, audience }: Case) =>
  createSealer({ secrets, purpose, name, audience })

interface Vector {
  readonly desc: string
  readonly secretHex: string
  readonly purpose: string
  readonly name: string
  readonly audience: string
  readonly rowKey?: string
  readonly nonceHex: string
  readonly created: number
  readonly issued: number
  readonly expires: number
  readonly permanent?: boolean
  readonly sidHex: string
  readonly json: string
  readonly token: string
}

const VECTORS: readonly Vector[] = file.vectors

const page = readFileSync(new URL('../../../docs/format/README.md', import.meta.url), 'utf8')

describe('the page about the token format', () => {
  it('has exactly the first vector as its example', () => {
    const [vector] = VECTORS
    const lines = [
      ['created', vector?.created],
      ['issued', vector?.issued],
      ['expires', vector?.expires],
      ['permanent', false],
      ['sid', vector?.sidHex],
      ['text', vector?.json],
      ['token', vector?.token],
    ].map(([name, value]) => `${String(name).padEnd(10)}${String(value)}`)
    expect(page).toContain(lines.join('\n'))
  })

  it('shows the text of a record as it is written', () => {
    const [, example = ''] = /```json\n(.*)\n```/.exec(page) ?? []
    const meta = metaOf({
      subject: 'ada',
      flash: [{ id: 'k3vXq0aB', category: 'info', message: 'Saved' }],
      expiries: new Map([['otp', 1_700_000_000]]),
    })
    const data = { cart: ['A1'], otp: '1234' }
    expect(writeText(data, meta)).toBe(JSON.stringify(JSON.parse(example)))
    expect(readText(example)).toEqual({ ...meta, data })
  })
})

describe.skipIf(python === undefined)('a second implementation of the token format, in Python', () => {
  it('opens our tokens to exactly their fields', () => {
    const tokens = CASES.map((one) => sealerOf(one).seal(one.fields, one.rowKey))
    const answers = askPython(CASES.map((one, i) => ({ ...contextOf(one), token: tokens[i] })))
    const expected = CASES.map(({ fields }) => ({ ...fields, sid: Buffer.from(fields.sid).toString('hex') }))
    expect(answers).toEqual(expected)
  })

  it('seals tokens that we open to exactly their fields', () => {
    const answers = askPython(
      CASES.map((one) => ({
        ...contextOf(one),
        seal: {
          ...one.fields,
          sid: Buffer.from(one.fields.sid).toString('hex'),
          nonce: one.nonce.toString('hex'),
        },
      })),
    )
    const opened = CASES.map((one, i) =>
      sealerOf(one).open((answers[i] as { token: string }).token, one.rowKey),
    )
    expect(opened).toEqual(CASES.map(({ fields }) => ({ ok: true, fields, stale: false })))
  })

  it('finds a cookie’s row, opens it for the current cookie, and recognizes a superseded one', async () => {
    const secret = randomBytes(32)
    const memory = memoryStore()
    const rows = new Map<string, string>()
    const keep = (key: string, { text }: StoredRecord): void => void rows.set(key, text)
    const store: Store = {
      ...memory,
      create: (key, record) => (keep(key, record), memory.create(key, record)),
      replace: (key, revision, record) => (keep(key, record), memory.replace(key, revision, record)),
    }
    const sessions = createSessions<{ cart: string[] }>({ secrets: [secret], store, audience: 'eu' })
    const { name } = sessions.cookie
    const cookieAfter = async (
      before: string | undefined,
      change: (session: Session<{ cart: string[] }>) => void,
    ): Promise<string> => {
      const visit = await sessions.open(before === undefined ? before : `${name}=${before}`)
      change(visit.session)
      const [[, line = ''] = []] = await visit.close()
      return sessions.cookie.read(line.split(';', 1)[0]) ?? ''
    }
    const first = await cookieAfter(undefined, (session) => (session.cart = ['A1']))
    const second = await cookieAfter(first, (session) => session.login('ada', { keep: ['cart'] }))
    const [[rowKey, token] = ['', '']] = rows
    expect(rows.size).toBe(1)
    const asked = { secret: secret.toString('hex'), purpose: 'store', name, audience: 'eu', token }
    const stranger = randomBytes(48).toString('base64url')
    const answers = askPython([first, second, stranger].map((cookie) => ({ ...asked, cookie })))
    expect(answers).toEqual([
      { error: 'superseded' },
      expect.objectContaining({ rowKey, text: '{"cart":["A1"],"$":{"subject":"ada"}}', order: '' }),
      { error: 'forged' },
    ])
  })

  it('makes and opens the published vectors', () => {
    const asked = VECTORS.map(({ secretHex, purpose, name, audience, rowKey = '', ...vector }) => {
      const { created, issued, expires, permanent, sidHex, json, nonceHex, token } = vector
      const where = { secret: secretHex, purpose, name, audience, rowKey }
      const fields = { created, issued, expires, permanent: permanent ?? false, sid: sidHex, text: json }
      return { where, fields, nonce: nonceHex, token }
    })
    expect(askPython(asked.map(({ where, token }) => ({ ...where, token })))).toEqual(
      asked.map(({ fields }) => fields),
    )
    expect(
      askPython(asked.map(({ where, fields, nonce }) => ({ ...where, seal: { ...fields, nonce } }))),
    ).toEqual(asked.map(({ token }) => ({ token })))
    expect(asked.length).toBeGreaterThan(3)
  })

  it('rejects our tokens of another name, and changed ones', () => {
    const one = CASES.find(({ purpose }) => purpose === 'cookie')
    if (one === undefined) throw new Error('no case')
    const token = sealerOf(one).seal(one.fields)
    const changed = token.slice(0, 60) + (token[60] === 'A' ? 'B' : 'A') + token.slice(61)
    const context = contextOf(one)
    expect(
      askPython([
        { ...context, name: 'other', token },
        { ...context, token: changed },
        { ...context, token: `${token}=` },
      ]),
    ).toEqual([{ error: 'unknown_key' }, { error: 'forged' }, { error: 'malformed' }])
  })
})
