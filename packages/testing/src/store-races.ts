import { revisionOf } from '@keepsake/core/store'
import { describe, expect, it } from 'vitest'
import { createLedger } from './store-ledger.ts'
import { createRandom } from './store-random.ts'
import { newKey } from './store-keys.ts'
import { nextTurn } from './store-pass.ts'
import { PATIENCE_MS, type Stage, type Stages } from './store-stage.ts'
import { longText } from './store-texts.ts'

const CLIENTS = 20
const ROUNDS = 40
/** How many turns of the event loop to wait for a write that may never come. */
const PATIENCE_TURNS = 100_000
const numbers = Array.from({ length: CLIENTS }, (_, n) => n)
const clientOf = ({ store, other }: Stage, n: number): Stage['store'] => (n % 2 === 0 ? store : other)

/** The promises to several simultaneous clients of the same storage. */
export function testRaces(stage: Stages): void {
  describe('each call is one atomic step:', { timeout: PATIENCE_MS }, () => {
    it('exactly one of many simultaneous creations of a key succeeds', async () => {
      const place = await stage()
      for (let round = 0; round < 5; round++) {
        const key = newKey()
        const created = await Promise.all(
          numbers.map(async (n) => clientOf(place, n).create(key, place.record(`by ${n}`))),
        )
        const winners = numbers.filter((n) => created[n])
        expect(winners).toHaveLength(1)
        expect(await place.other.read(key)).toBe(`by ${winners[0]}`)
      }
    })

    it('exactly one of many simultaneous creations over an expired record succeeds', async () => {
      const place = await stage()
      const key = newKey()
      await place.store.create(key, { text: 'over', expiresAt: 0 })
      const created = await Promise.all(
        numbers.map(async (n) => clientOf(place, n).create(key, place.record(`by ${n}`))),
      )
      expect(created.filter(Boolean)).toHaveLength(1)
      expect(await place.other.read(key)).toBe(`by ${created.indexOf(true)}`)
    })

    it('exactly one of many simultaneous replacements of a text succeeds', async () => {
      const place = await stage()
      const key = newKey()
      let from = longText('first')
      await place.store.create(key, place.record(from))
      for (let round = 0; round < 5; round++) {
        const revision = revisionOf(from)
        const textBy = (n: number): string => longText(`${round} by ${n}`)
        const replaced = await Promise.all(
          numbers.map(async (n) => clientOf(place, n).replace(key, revision, place.record(textBy(n)))),
        )
        expect(replaced.filter(Boolean)).toHaveLength(1)
        from = textBy(replaced.indexOf(true))
        expect(await place.other.read(key)).toBe(from)
      }
    })

    it('no replacement restores a record that is deleted meanwhile', async () => {
      const { store, other, record } = await stage()
      const random = createRandom(1)
      for (let round = 0; round < ROUNDS; round++) {
        const key = newKey()
        await store.create(key, record('0'))
        const written = ['0']
        const write = async (from: string): Promise<void> => {
          const next = String(written.length)
          if (!(await store.replace(key, from, record(next))) || written.push(next) > 20) return
          await write(next)
        }
        const end = async (): Promise<void> => {
          const least = random.below(3)
          for (let turns = 0; written.length <= least && turns < PATIENCE_TURNS; turns++) await nextTurn()
          for (let turns = random.below(20); turns > 0; turns--) await nextTurn()
          await other.delete(key)
        }
        await Promise.all([write('0'), end()])
        expect(await store.read(key)).toBeUndefined()
        expect(await other.replace(key, written.at(-1) ?? '', record('late'))).toBe(false)
      }
    })

    it('a reader always finds either the old text or the new one', async () => {
      const place = await stage()
      const key = newKey()
      const texts = new Set(Array.from({ length: 60 }, (_, n) => `${n}:`.repeat(2000 + n)))
      const [first = '', ...rest] = texts
      await place.store.create(key, place.record(first))
      const writer = { isDone: false }
      const write = async (): Promise<void> => {
        let from = first
        for (const text of rest) {
          expect(await place.store.replace(key, revisionOf(from), place.record(text))).toBe(true)
          from = text
        }
        writer.isDone = true
      }
      const read = async (): Promise<void> => {
        while (!writer.isDone) {
          expect(texts.has((await place.other.read(key)) ?? 'nothing')).toBe(true)
          await nextTurn()
        }
      }
      await Promise.all([write(), read(), read()])
    })

    it('simultaneous creations, replacements and deletions return only results that a store may return', async () => {
      const place = await stage()
      const random = createRandom(1)
      const ledger = createLedger(place.clock.now)
      const clients = [ledger.watch(place.store), ledger.watch(place.other)]
      let serial = 0
      for (let round = 0; round < ROUNDS; round++) {
        const key = newKey()
        const standing = [longText(`first ${round}`)]
        const revision = (): string => revisionOf(random.pick(standing))
        await clients[0]?.create(key, place.record(longText(`first ${round}`)))
        const act = async (): Promise<void> => {
          const client = random.pick(clients)
          const text = longText(`text ${++serial}`)
          const kind = random.below(8)
          if (kind === 0) await client.delete(key)
          else if (kind === 1) await client.read(key)
          else if (kind === 2) await client.replace(key, revision(), { text, expiresAt: 0 })
          else if (await client.replace(key, revision(), place.record(text))) standing.push(text)
        }
        for (let wave = 0; wave < 4; wave++) await Promise.all(numbers.slice(0, 6).map(act))
        await clients[1]?.read(key)
      }
      expect(ledger.faults).toEqual([])
    })
  })
}
