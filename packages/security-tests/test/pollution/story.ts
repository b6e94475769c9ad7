/*
 * Runs scenarios with a clean `Object.prototype`, and again with the names that the parent process passes, each with every
 * hostile value. Prints the names that change a result, and the known exceptions that break Node, or a
 * framework, by themselves.
 */
import { memoryStore } from '@keepsake/core'
import { connected, disconnect, HOSTS } from './hosts.ts'
import { HOSTILE, polluted } from './pollute.ts'
import { bareStores, stores } from './stores.ts'
import { type Act, bare, cookies, visits } from './visits.ts'

interface Part {
  readonly act: Act
  readonly bare: Act
}

const both =
  (one: Act, other: Act): Act =>
  async () => [...(await one()), ...(await other())]

/** A deliberate fault that this script must find. */
const careless: Act = async () => {
  const { subject }: { readonly subject?: string } = {}
  return [`${String(subject)} is logged in`, '-'.repeat(200)]
}

const PARTS: Readonly<Record<string, Part>> = {
  sealed: { act: visits(() => ({ revocation: 'none' })), bare },
  revocable: { act: visits(() => ({ revocation: memoryStore() })), bare },
  stored: { act: visits(() => ({ store: memoryStore(), maxPerSubject: 3 })), bare },
  overflowing: { act: visits(() => ({ overflow: memoryStore() })), bare },
  cookies: { act: cookies, bare },
  stores: { act: stores, bare: both(bare, bareStores) },
  ...Object.fromEntries(
    Object.entries(HOSTS).map(([name, host]) => [name, { act: host.act, bare: both(bare, host.bare) }]),
  ),
}

interface Finding {
  readonly kind: string
  readonly name: string
  readonly was: string
  readonly is: string
}

let crashed: (error: unknown) => void = () => undefined
process.on('uncaughtException', (error) => crashed(error))
process.on('unhandledRejection', (error) => crashed(error))

const { setTimeout: after, clearTimeout: cancel } = globalThis

/** The result of a scenario as one text, including an exception, a crash or a hang. */
async function play(act: Act): Promise<string> {
  const acted = async () => act()
  let timer: NodeJS.Timeout | undefined
  const ended = new Promise<string>((resolve) => {
    crashed = (error) => resolve(`crashes ${String(error)}`)
    timer = after(() => resolve('never ends'), 2000)
    acted().then(
      (lines) => resolve(lines.join('\n')),
      (error: unknown) => resolve(`throws ${String(error)}`),
    )
  })
  const told = await ended
  cancel(timer)
  if (told.startsWith('crashes') || told === 'never ends') disconnect()
  return told
}

/** The names that change the result of a scenario, found by bisection. */
async function changing(
  act: Act,
  names: readonly string[],
  kind: string,
  normal: string,
): Promise<readonly (readonly [name: string, is: string])[]> {
  await connected()
  const is = await polluted(names, kind, () => play(act))
  // The damage of another name may show later.
  if (is === normal || (await polluted(names, kind, async () => play(act))) === normal) return []
  if (names.length === 1) return [[names[0] ?? '', is]]
  const half = Math.ceil(names.length / 2)
  const left = await changing(act, names.slice(0, half), kind, normal)
  const right = await changing(act, names.slice(half), kind, normal)
  return left.length + right.length > 0 ? [...left, ...right] : [[names.join(' '), is]]
}

const firstDifference = (was: string, is: string): readonly [string, string] => {
  const [before, after] = [was.split('\n'), is.split('\n')]
  const at = after.findIndex((line, index) => line !== before[index])
  return [before[at] ?? '', after[at] ?? '']
}

interface Asked {
  readonly names: readonly string[]
  /** The scenarios, each with the names that are not tested in it. */
  readonly parts: Readonly<Record<string, readonly string[]>>
  /** Whether to check that each exception is still needed. */
  readonly areExceptionsTried: boolean
}

const asked = JSON.parse(process.argv[2] ?? '') as Asked

async function findingsOf(part: string, known: readonly string[]) {
  const names = asked.names.filter((name) => !known.includes(name))
  const exceptions = asked.areExceptionsTried ? known : []
  const { act, bare: bareAct } = PARTS[part] ?? { act: careless, bare }
  await connected()
  const [normal, again, bareNormal] = [await play(act), await play(act), await play(bareAct)]
  if (normal !== again || normal.startsWith('throws') || normal.length < 200)
    throw new Error(`${part}: ${firstDifference(normal, again).join(' / ')} ${normal.slice(0, 500)}`)

  const changed: Finding[] = []
  const unbroken = new Set(exceptions)
  for (const kind of Object.keys(HOSTILE)) {
    const broken = new Set<string>()
    for (const name of exceptions)
      if ((await changing(bareAct, [name], kind, bareNormal)).length > 0) broken.add(name)
    for (const name of broken) unbroken.delete(name)
    const tried = [...names, ...exceptions].filter((name) => !broken.has(name))
    for (const [name, told] of await changing(act, tried, kind, normal)) {
      const [was, is] = firstDifference(normal, told)
      changed.push({ kind, name, was, is })
    }
  }
  return { part, changed, unbroken: [...unbroken] }
}

const findings: Awaited<ReturnType<typeof findingsOf>>[] = []
for (const [part, known] of Object.entries(asked.parts)) findings.push(await findingsOf(part, known))
console.log(JSON.stringify(findings))
process.exit()
