import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Store } from '@keepsake/core'
import { onTestFinished } from 'vitest'
import { redisStore } from '../src/index.ts'
import { type Connection, newPrefix } from './clients.ts'

export const newKey = (): string => randomBytes(16).toString('hex')
export const record = (text: string) => ({ text, expiresAt: Date.now() + 3_600_000 })

/** A store, its clients and its prefix. The clients close at the end of the test. */
export async function openWatched(connect: () => Promise<Connection> | Connection) {
  const [one, two] = [await connect(), await connect()]
  onTestFinished(async () => void (await Promise.all([one.close(), two.close()])))
  const prefix = newPrefix()
  const store = redisStore(one.client, { prefix, subscriber: two.client })
  return { prefix, store, client: one.client, subscriber: two.client }
}

/** Waits until the condition is true, without a limit. */
export async function until(ask: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await ask())) await wait(50)
}

const tried = (work: () => Promise<boolean>): Promise<boolean> => work().catch(() => false)

/** Writes to a key until its watch is notified. A rejected watch is retried, as in core. */
export async function toldInTheEnd(store: Store): Promise<void> {
  const key = newKey()
  const told = new Set<string>()
  let end: (() => void) | undefined
  for (let n = 0; !told.has(key); n++) {
    end ??= await Promise.resolve(store.watch?.(key, () => told.add(key))).catch(() => undefined)
    const [from, to] = [`text ${n}`, record(`text ${n + 1}`)]
    const isThere = await tried(async () => store.replace(key, from, to))
    if (!isThere) await tried(async () => store.create(key, to))
    await wait(50)
  }
  end?.()
}
