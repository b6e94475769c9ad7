import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { beforeAll, describe, expect, it } from 'vitest'

/** Cookies of stored sessions, and nonces, of all threads together; `docs/security.md` refers to a run with `DRAWS=1000000`. */
const DRAWS = Number(process.env['DRAWS'] ?? 8000)
const THREADS = 4
const secret = createHash('sha256').update('drawing').digest('base64url')

type Drawn = Readonly<Record<'nonces' | 'cookies', Uint8Array>>

function draw(): Promise<Drawn> {
  const workerData = { count: Math.ceil(DRAWS / THREADS), secret }
  const execArgv = ['--conditions=@keepsake/source']
  const worker = new Worker(new URL('drawing.ts', import.meta.url), { workerData, execArgv })
  return new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject)
  })
}

let all: Promise<readonly Drawn[]> | undefined
/** The random bytes from all threads, generated once. */
const drawn = (): Promise<readonly Drawn[]> => (all ??= Promise.all(Array.from({ length: THREADS }, draw)))

/** The deviation of the bytes at one position from a uniform distribution: chi-square with 255 degrees of freedom. */
function chiSquare(bytes: Uint8Array, width: number, place: number): number {
  const counts = new Float64Array(256)
  const expected = bytes.length / width / 256
  for (let at = place; at < bytes.length; at += width) {
    const value = bytes[at] ?? 0
    counts[value] = (counts[value] ?? 0) + 1
  }
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

/** How many standard deviations the number of ones is away from half. */
function monobit(bytes: Uint8Array): number {
  let ones = 0
  for (const byte of bytes) for (let rest = byte; rest > 0; rest &= rest - 1) ones++
  const bits = bytes.length * 8
  return (2 * ones - bits) / Math.sqrt(bits)
}

/** Whether two of them start with the same 8 bytes: for 10^7 the probability is 1 in 350,000. */
function hasRepeat(bytes: Uint8Array, width: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const starts = BigUint64Array.from({ length: bytes.length / width }, (_, at) =>
    view.getBigUint64(at * width),
  )
  starts.sort()
  return starts.some((start, at) => at > 0 && start === starts[at - 1])
}

describe.each([
  ['cookies', 48],
  ['nonces', 12],
] as const)('%s drawn in four threads (R21, R53)', (kind, width) => {
  let bytes: Uint8Array = new Uint8Array()

  beforeAll(async () => {
    bytes = Buffer.concat((await drawn()).map((one) => one[kind]))
    expect(bytes.length / width).toBeGreaterThanOrEqual(DRAWS)
  })

  it('never repeat', () => {
    expect(hasRepeat(bytes, width)).toBe(false)
  })

  // True randomness exceeds these limits less than once in a million runs.
  it('have a uniform distribution of byte values at every position', () => {
    const furthest = Math.max(...Array.from({ length: width }, (_, place) => chiSquare(bytes, width, place)))
    if (DRAWS >= 100_000) console.log(`${DRAWS} ${kind}: largest chi-square ${furthest.toFixed(1)} of 255`)
    expect(furthest).toBeLessThan(400)
  })

  it('have as many ones as zeros', () => {
    const away = monobit(bytes)
    if (DRAWS >= 100_000)
      console.log(`${DRAWS} ${kind}: ones are ${away.toFixed(2)} standard deviations from half`)
    expect(Math.abs(away)).toBeLessThan(6)
  })
})

describe('bytes that are not random', () => {
  it('fail these measures', () => {
    const counted = Uint8Array.from({ length: 12 * 8000 }, (_, at) => (at * 7) % 128)
    expect(chiSquare(counted, 12, 0)).toBeGreaterThan(400)
    expect(Math.abs(monobit(counted))).toBeGreaterThan(6)
    expect(hasRepeat(counted, 12)).toBe(true)
  })
})
