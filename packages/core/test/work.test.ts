import { openVisit } from '../src/adapter.ts'
import { syncBuiltinESMExports } from 'node:module'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { memoryStore } from '../src/store/memory-store.ts'
import { createSealer } from '../src/sealer.ts'
import { createSessions } from '../src/sessions/create-sessions.ts'
import type { Store } from '../src/store/store.ts'
import type { SealedFields } from '../src/crypto/token.ts'
import type { AdapterVisit } from '../src/sessions/sessions.ts'

import crypto from 'node:crypto'

/*
 * Speed, counted instead of timed: how often expensive operations happen. If a count here rises, a request takes
 * longer, on every machine and in every run.
 */

const SECRETS = Array.from({ length: 50 }, () => crypto.randomBytes(32))
const FIELDS: SealedFields = {
  created: 1_700_000_000,
  issued: 1_700_000_000,
  expires: 1_700_003_600,
  permanent: false,
  sid: new Uint8Array(16),
  text: '{"n":1}',
}

const counted = {
  ciphers: counter(crypto, 'createCipheriv'),
  deciphers: counter(crypto, 'createDecipheriv'),
  keys: counter(crypto, 'createSecretKey'),
  hkdfs: counter(crypto, 'hkdfSync'),
  hmacs: counter(crypto, 'createHmac'),
  hashes: counter(crypto, 'hash'),
  randomFills: counter(crypto, 'randomFillSync'),
  parses: counter(JSON, 'parse'),
  stringifies: counter(JSON, 'stringify'),
}

type Counts = Partial<Record<keyof typeof counted, number>>

/** Counts the calls of a method while it is installed; the method itself stays as it is. */
function counter<K extends string>(owner: Record<K, (...args: never[]) => unknown>, name: K) {
  const original = owner[name]
  const calls = { count: 0 }
  const counting = (...args: never[]): unknown => {
    calls.count++
    return original(...args)
  }
  return {
    calls,
    install: () => void (owner[name] = counting),
    uninstall: () => void (owner[name] = original),
  }
}

/** How often each operation happened during some work; zero counts are omitted. */
function work(run: () => unknown): Counts {
  for (const { calls } of Object.values(counted)) calls.count = 0
  run()
  return counts()
}

async function workOf(run: () => Promise<unknown>): Promise<Counts> {
  for (const { calls } of Object.values(counted)) calls.count = 0
  await run()
  return counts()
}

function counts(): Counts {
  const all = Object.entries(counted).map(([name, { calls }]) => [name, calls.count] as const)
  return Object.fromEntries(all.filter(([, count]) => count > 0))
}

beforeAll(() => {
  for (const { install } of Object.values(counted)) install()
  syncBuiltinESMExports()
})

afterAll(() => {
  for (const { uninstall } of Object.values(counted)) uninstall()
  syncBuiltinESMExports()
})

const sealerOf = (...secrets: Uint8Array[]) => createSealer({ secrets, name: '__Host-session' })

describe('the sealer', () => {
  it('seals with one cipher and nothing else', () => {
    const sealer = sealerOf(...SECRETS)
    sealer.seal(FIELDS)
    expect(work(() => sealer.seal(FIELDS))).toEqual({ ciphers: 1 })
  })

  it('opens another process’s token with one decipher and one derived key, with any of 50 secrets', () => {
    const token = sealerOf(...SECRETS.slice(-1)).seal(FIELDS)
    const sealer = sealerOf(...SECRETS)
    expect(work(() => sealer.open(token))).toEqual({ deciphers: 1, keys: 1 })
  })

  it('opens its own token with one decipher and nothing else', () => {
    const sealer = sealerOf(...SECRETS)
    const token = sealer.seal(FIELDS)
    expect(work(() => sealer.open(token))).toEqual({ deciphers: 1 })
  })

  it('calls the random generator once for more than 300 seals', () => {
    const sealer = sealerOf(...SECRETS)
    const { randomFills } = work(() => {
      for (let i = 0; i < 1000; i++) sealer.seal(FIELDS)
    })
    expect(randomFills).toBeLessThanOrEqual(3)
  })

  it.each(['', 'not a token', 'A'.repeat(200), 'A'.repeat(5000)])(
    'rejects %j without using a key',
    (token) => {
      const sealer = sealerOf(...SECRETS)
      expect(work(() => sealer.open(token))).toEqual({})
    },
  )
})

describe('a sealed visit', () => {
  const sessions = createSessions({ secrets: SECRETS })
  const open = (header: string | undefined) =>
    openVisit(sessions, header) as AdapterVisit<Record<string, unknown>>
  let header = ''

  /** A complete request: the handler, then the commit, then the end of the response. */
  const request = (cookie: string | undefined, handle: (session: Record<string, unknown>) => void) => {
    const visit = open(cookie)
    handle(visit.session)
    const headers = visit.close()
    visit.settle()
    return headers
  }

  beforeEach(() => {
    const headers = request(undefined, (session) => (session['n'] = 1)) as readonly (readonly string[])[]
    header = headers[0]?.[1]?.split(';')[0] ?? ''
  })

  it('whose session is not used does nothing, with a cookie and without', () => {
    for (const cookie of [header, undefined]) {
      const untouched = work(() => {
        const visit = open(cookie)
        void visit.close()
        visit.settle()
      })
      expect(untouched).toEqual({})
    }
  })

  it('that is only read parses once, and is compared at the commit and at the end', () => {
    const counts = work(() => request(header, (session) => session['n']))
    expect(counts).toEqual({ parses: 1, stringifies: 2 })
  })

  it('is not compared again for a late change after a thousand visits without one, without a listener', () => {
    const others = createSessions({ secrets: SECRETS })
    const look = (): void => {
      const visit = openVisit(others, header) as AdapterVisit<Record<string, unknown>>
      void visit.session['n']
      void visit.close()
      if (visit.needsSettling) visit.settle()
    }
    for (let visits = 0; visits < 1000; visits++) look()
    expect(work(look)).toEqual({ parses: 1, stringifies: 1 })
  })

  it('asks its adapter to check the response a thousand times without one, without a listener', () => {
    const others = createSessions({ secrets: SECRETS })
    const visit = openVisit(others, header) as AdapterVisit<Record<string, unknown>>
    const asked = Array.from({ length: 1001 }, () => visit.needsCheck)
    expect(asked.filter((needsCheck) => needsCheck)).toHaveLength(1000)
    expect(asked.at(-1)).toBe(false)
  })

  it('with a cookie of another process opens it once, however often it is sent', () => {
    const another = createSessions({ secrets: SECRETS })
    const read = (): void => {
      for (let visits = 0; visits < 3; visits++) {
        const { session } = openVisit(another, header) as AdapterVisit<Record<string, unknown>>
        for (let looks = 0; looks < 100; looks++) void session['n']
      }
    }
    expect(work(read)).toEqual({ deciphers: 1, keys: 1, parses: 3 })
  })

  it('that is written seals once, and encodes its text once', () => {
    const counts = work(() => request(header, (session) => (session['n'] = 2)))
    expect(counts).toEqual({ ciphers: 1, parses: 1, stringifies: 2 })
  })

  it('of a new visitor opens and parses nothing', () => {
    expect(work(() => request(undefined, (session) => session['n']))).toEqual({ stringifies: 2 })
    const counts = work(() => request(undefined, (session) => (session['n'] = 1)))
    expect(counts).toEqual({ ciphers: 1, stringifies: 2 })
  })

  it('with many other cookies costs as much as with a single cookie', () => {
    const others = Array.from({ length: 100 }, (_, i) => `c${i}={"n":1}`).join('; ')
    const counts = work(() => request(`${others}; ${header}`, (session) => session['n']))
    expect(counts).toEqual({ parses: 1, stringifies: 2 })
  })
})

describe('a stored visit', () => {
  const commands: string[] = []
  const kept = memoryStore()
  const store: Store = {
    read: (key) => commanded('read', async () => kept.read(key)),
    create: (key, record) => commanded('create', async () => kept.create(key, record)),
    replace: (key, from, record) => commanded('replace', async () => kept.replace(key, from, record)),
    delete: (key) => commanded('delete', async () => kept.delete(key)),
  }
  const sessions = createSessions({ secrets: SECRETS, store })
  let header = ''

  function commanded<T>(name: string, run: () => Promise<T>): Promise<T> {
    commands.push(name)
    return run()
  }

  const request = async (cookie: string | undefined, handle?: (session: Record<string, unknown>) => void) => {
    const visit = await openVisit(sessions, cookie)
    handle?.(visit.session)
    const headers = await visit.close()
    visit.settle()
    return headers
  }

  beforeEach(async () => {
    const headers = await request(undefined, (session) => (session['n'] = 1))
    header = headers[0]?.[1].split(';')[0] ?? ''
    commands.length = 0
  })

  it('whose session is not used fetches the record and does not open it', async () => {
    expect(await workOf(() => request(header))).toEqual({})
    expect(commands).toEqual(['read'])
  })

  it('without a cookie does not call the store', async () => {
    expect(await workOf(() => request(undefined))).toEqual({})
    expect(await workOf(() => request(undefined, (session) => session['n']))).toEqual({ stringifies: 2 })
    expect(commands).toEqual([])
  })

  it('that is only read fetches once, hashes nothing again, and parses once', async () => {
    const counts = await workOf(() => request(header, (session) => session['n']))
    expect(counts).toEqual({ parses: 1, stringifies: 2 })
    expect(commands).toEqual(['read'])
  })

  it('of a record that another process has written hashes locator and verifier and opens once', async () => {
    const another = createSessions({ secrets: SECRETS, store })
    const read = async (): Promise<unknown> => (await openVisit(another, header)).session['n']
    expect(await workOf(read)).toEqual({ hashes: 2, deciphers: 1, keys: 1, parses: 1 })
    expect(await workOf(read)).toEqual({ parses: 1 })
  })

  it('that is written takes two commands and one seal', async () => {
    const counts = await workOf(() => request(header, (session) => (session['n'] = 2)))
    expect(counts).toEqual({ ciphers: 1, parses: 1, stringifies: 2 })
    expect(commands).toEqual(['read', 'replace'])
  })

  it('of a new visitor takes one command', async () => {
    const counts = await workOf(() => request(undefined, (session) => (session['n'] = 1)))
    expect(counts).toEqual({ hashes: 2, ciphers: 1, stringifies: 2 })
    expect(commands).toEqual(['create'])
  })
})
