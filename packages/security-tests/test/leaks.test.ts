import { spawn } from 'node:child_process'
import { createHash, hkdfSync } from 'node:crypto'
import { text } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { createCookie, createSessions, memoryStore } from '@keepsake/core'
import { createSealer } from '@keepsake/core/sealer'
import { describe, expect, it } from 'vitest'

const strong = (label: string): string => createHash('sha256').update(label).digest('base64url')
const CANARIES = {
  secret: strong('canary secret'),
  older: strong('canary older secret'),
  datum: 'canary-datum-7f3a',
  subject: 'canary-subject-51bc',
  cookieValue: 'canary-cookie-value-e09d',
}

const u16 = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0, Buffer.byteLength(text)]), Buffer.from(text)])

/** Every key that Keepsake derives from the canary secrets, derived independently with `docs/format/README.md`. */
function derivedKeys(): Buffer[] {
  const contexts = ['cookie', 'store', 'value', 'signed', 'csrf'].flatMap((purpose) =>
    ['__Host-session', 'a'].map((name) => Buffer.concat([u16(purpose), u16(name), u16('')])),
  )
  const uses = ['key', 'log', 'subject', 'sign', 'csrf']
  return [CANARIES.secret, CANARIES.older].flatMap((secret) =>
    contexts.flatMap((context) =>
      uses.map((use) =>
        Buffer.from(
          hkdfSync('sha256', secret, 'keepsake/v1', Buffer.concat([Buffer.from(use), context]), 32),
        ),
      ),
    ),
  )
}

const ENCODINGS = ['latin1', 'utf8', 'hex', 'base64', 'base64url'] as const

/** The encodings in which bytes may appear in an output; the last character of base64 also depends on what follows. */
function spellings(bytes: Buffer): Set<string> {
  const spelled = ENCODINGS.map((encoding) => {
    const text = bytes.toString(encoding)
    return encoding.startsWith('base64') ? text.replace(/=+$/, '').slice(0, -1) : text
  })
  // The output of `inspect` for a Buffer.
  const dump = bytes.toString('hex').replaceAll(/(..)(?=.)/g, '$1 ')
  return new Set([...spelled, dump].filter((text) => text.length >= 8))
}

async function tellStory(environment: Readonly<Record<string, string>>) {
  const child = spawn(
    process.execPath,
    [
      '--conditions=@keepsake/source',
      fileURLToPath(new URL('story.ts', import.meta.url)),
      JSON.stringify(CANARIES),
    ],
    { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], env: { ...process.env, ...environment } },
  )
  const ended = new Promise((resolve) => child.once('close', resolve))
  const [out, err, hidden] = await Promise.all([
    text(child.stdout as Readable),
    text(child.stderr as Readable),
    text(child.stdio[3] as Readable),
  ])
  const secrets = hidden
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; value: string })
  return { code: await ended, output: out + err, secrets }
}

describe('everything that Keepsake prints, throws, publishes, inspects and warns of (R62, R70)', () => {
  it('shows no secret, key, id, token, subject or session data, with DEBUG=* and traces', async () => {
    const { code, output, secrets } = await tellStory({
      DEBUG: '*',
      NODE_DEBUG: 'http,net,timer,module',
      NODE_OPTIONS: '--trace-warnings',
    })
    expect(code, output.slice(-2000)).toBe(0)
    expect(output).toContain('THE END')
    // The script ran completely: the expected output appears.
    for (const shown of [
      'session_created',
      'cookie_rejected',
      'SessionDataError',
      'CookieTooLargeError',
      'StoreError',
      'ConfigError',
      'the backend failed',
    ])
      expect(output).toContain(shown)
    expect(output).not.toContain('UNHANDLED')

    const hidden = [
      ...Object.entries(CANARIES).map(([name, value]) => ({ name, value: Buffer.from(value) })),
      ...derivedKeys().map((value) => ({ name: 'a derived key', value })),
      ...secrets
        .filter(({ name }) => name === 'token')
        .map(({ name, value }) => ({ name, value: Buffer.from(value) })),
      ...secrets
        .filter(({ name }) => name === 'sid')
        .map(({ value }) => ({ name: 'id', value: Buffer.from(value) })),
      ...secrets
        .filter(({ name }) => name === 'sid')
        .map(({ value }) => ({ name: 'the bytes of an id', value: Buffer.from(value, 'base64url') })),
    ]
    expect(new Set(secrets.map(({ value }) => value)).size).toBeGreaterThan(50)
    const leaks = hidden.flatMap(({ name, value }) =>
      [...spellings(value)]
        .filter((spelling) => output.includes(spelling))
        .map((spelling) => {
          const at = output.indexOf(spelling)
          return `${name}: ${output.slice(Math.max(0, at - 200), at + 60)}`
        }),
    )
    expect(leaks).toEqual([])
  })

  it('is searched by a function that would find a planted value', () => {
    for (const spelling of spellings(Buffer.from(CANARIES.secret)))
      expect(spelling.length).toBeGreaterThan(20)
    expect([...spellings(Buffer.from('canary-datum-7f3a'))]).toContain('canary-datum-7f3a')
  })
})

/** Everything reachable from a value through properties, symbols, prototypes and the entries of collections. */
function reachable(from: unknown): Set<unknown> {
  const found = new Set<unknown>()
  const open = [from]
  while (open.length > 0) {
    const value = open.pop()
    if (found.has(value)) continue
    found.add(value)
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) continue
    if (value instanceof Map || value instanceof Set) open.push(...value.keys(), ...value.values())
    open.push(Object.getPrototypeOf(value))
    for (const key of Reflect.ownKeys(value)) {
      const property = Reflect.getOwnPropertyDescriptor(value, key)
      open.push(property?.value, property?.get, property?.set)
    }
  }
  return found
}

describe('the keys (R62)', () => {
  const secrets = [CANARIES.secret, CANARIES.older]
  const publicObjects: Readonly<Record<string, unknown>> = {
    sealed: createSessions({ secrets }),
    stored: createSessions({ secrets, store: memoryStore() }),
    sealer: createSealer({ secrets, name: 'a' }),
    'a signed cookie': createCookie('a', { signed: secrets }),
    'a sealed cookie': createCookie('a', { sealed: secrets }),
    'a visit': createSessions({ secrets }).open(undefined),
  }

  it.each(Object.keys(publicObjects))('cannot be reached from: %s', (name) => {
    const raw = new Set(
      [...derivedKeys(), ...secrets.map((text) => Buffer.from(text))].map((key) => key.toString('hex')),
    )
    const found = [...reachable(publicObjects[name])]
    expect(found.length).toBeGreaterThan(20)
    const bytes = found.filter(
      (value) => value instanceof Uint8Array && raw.has(Buffer.from(value).toString('hex')),
    )
    const texts = found.filter((value) => typeof value === 'string' && secrets.includes(value))
    expect([bytes, texts]).toEqual([[], []])
  })
})
