/*
 * Serves this many requests of each kind in this process, which must run with --expose-gc, and prints by how many bytes
 * it has grown: `growing.ts <mode> <requests> <kind>…`.
 */
import { createHash } from 'node:crypto'
import { createSessions, memoryStore, type Sessions } from '@keepsake/core'
import { openVisit } from '@keepsake/core/adapter'

type Data = Record<string, unknown>
type Kind = 'anonymous' | 'forged' | 'unknown key' | 'unknown row' | 'reading' | 'writing'

const secret = createHash('sha256').update('growth').digest('base64url')
const [mode, requests, kinds] = [process.argv[2], Number(process.argv[3]), process.argv.slice(4) as Kind[]]

let calls = 0
const memory = memoryStore()
const store = {
  ...memory,
  read: (key: string) => {
    calls++
    return memory.read(key)
  },
}
const sessions: Sessions<Data> = createSessions<Data>(
  mode === 'store' ? { secrets: [secret], store } : { secrets: [secret] },
)

async function cookieOf(own: Sessions<Data>): Promise<string> {
  const visit = await own.open(undefined)
  visit.session['user'] = 'ada'
  const lines = await visit.close()
  return lines.find(([name]) => name === 'Set-Cookie')?.[1].split(';')[0] ?? ''
}

const good = await cookieOf(sessions)
const digits = (number: number): string => number.toString(36).padStart(8, '0')

function cookieFor(kind: Kind, number: number): string | undefined {
  switch (kind) {
    case 'anonymous':
    case 'writing':
      return undefined
    case 'reading':
      return good
    case 'forged':
      return `${good.slice(0, 60)}${digits(number)}${good.slice(68)}`
    case 'unknown key':
      return `${sessions.cookie.name}=AQ${digits(number)}${'A'.repeat(140)}`
    case 'unknown row':
      return `${sessions.cookie.name}=${digits(number)}${'A'.repeat(56)}`
    default:
      throw new Error('unknown kind of request')
  }
}

async function serve(kind: Kind, from: number, to: number): Promise<void> {
  for (let number = from; number < to; number++) {
    const visit = await openVisit(sessions, cookieFor(kind, number))
    const isOpen = visit.session['user'] === 'ada'
    if (isOpen !== (kind === 'reading')) throw new Error(`unexpected state of a ${kind} cookie`)
    if (kind === 'writing') visit.session['text'] = `${number}${'x'.repeat(200)}`
    await visit.close()
    visit.settle()
    // Without turns of the event loop, nothing is freed.
    if (number % 1000 === 0) await new Promise(setImmediate)
  }
}

function usage(): { readonly rss: number; readonly heap: number } {
  for (let round = 0; round < 4; round++) globalThis.gc?.()
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage()
  return { rss, heap: heapUsed + external + arrayBuffers }
}

const growths: object[] = []
for (const kind of kinds) {
  // Compilation and the first requests do not count as growth.
  const warmUp = Math.min(20_000, requests)
  await serve(kind, 0, warmUp)
  const before = usage()
  calls = 0
  await serve(kind, warmUp, warmUp + requests)
  const after = usage()
  const grown = { rss: after.rss - before.rss, heap: after.heap - before.heap }
  growths.push({ kind, ...grown, records: memory.size, calls })
}
process.stdout.write(JSON.stringify(growths))
await sessions.close()
