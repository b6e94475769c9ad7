import { REVISION_CHARS, revisionOf } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { newKey } from './store-keys.ts'
import { PATIENCE_MS, type Stage, type Stages } from './store-stage.ts'

/** Both cases of a letter, and what means something in a pattern. */
const HEAD = 'Aa_bB-cC'.repeat(6).slice(0, REVISION_CHARS)
const STANDING = `${HEAD}${'x'.repeat(200)}`
const OTHER = 'o'.repeat(REVISION_CHARS)
const places = Array.from({ length: REVISION_CHARS }, (_, place) => place)

/** What `replace` promises of revisions. */
export function testRevisions(stage: Stages): void {
  describe('replaces by revision', { timeout: PATIENCE_MS }, () => {
    it('a text that begins with these 44 characters, and no other', async () => {
      expect(await faultsInRevisions(await stage())).toEqual([])
    })

    it('a text of any length, at either client', async () => {
      const { store, other, record } = await stage()
      const key = newKey()
      const texts = [0, 1, 500, 131_072 - REVISION_CHARS].map(
        (length, n) => `${n}${HEAD.slice(1)}${'x'.repeat(length)}`,
      )
      let from = texts.at(-1) ?? ''
      await store.create(key, record(from))
      for (const text of texts) {
        expect(await other.replace(key, revisionOf(from), record(text))).toBe(true)
        expect((await store.read(key)) === text).toBe(true)
        from = text
      }
    })
  })
}

/** Asks a store for replacements that it has to refuse, and for those that it must not; says what it did otherwise. */
export async function faultsInRevisions({ store, record }: Stage): Promise<readonly string[]> {
  const faults: string[] = []
  const key = newKey()

  async function refuses(what: string, revision: string, text: string): Promise<void> {
    const isRefused = !(await store.replace(key, revision, record(text)))
    const standing = await store.read(key)
    if (!isRefused || standing === text) faults.push(`did not refuse ${what}`)
  }

  async function takes(what: string, standing: string, revision: string): Promise<void> {
    await store.delete(key)
    await store.create(key, record(standing))
    if (!(await store.replace(key, revision, record('new')))) faults.push(`refused ${what}`)
    else if ((await store.read(key)) !== 'new') faults.push(`took ${what} and wrote something else`)
  }

  async function stands(text: string): Promise<void> {
    await store.delete(key)
    await store.create(key, record(text))
  }

  for (const place of places) {
    await stands(STANDING)
    for (const character of ['z', '_', '%', otherCase(HEAD[place] ?? '')].filter(
      (one) => one !== HEAD[place],
    )) {
      await refuses(
        `a revision with another character at ${place}`,
        replacedAt(HEAD, place, character),
        'new',
      )
    }
    await stands(STANDING)
    await refuses(
      `a revision of nothing there, for a text that differs from the one there at ${place} only`,
      OTHER,
      replacedAt(STANDING, place, 'z'),
    )
  }
  await stands(STANDING)
  for (const length of [0, 1, 20, 43, 45, STANDING.length])
    await refuses(`the first ${length} characters for a revision`, STANDING.slice(0, length), 'new')
  await refuses('the end of a text for its revision', STANDING.slice(-REVISION_CHARS), 'new')
  await stands(HEAD.slice(0, 43))
  await refuses('the revision of a text that is a character longer', HEAD, 'new')
  await refuses('the revision of a text that is a character shorter', HEAD.slice(0, 42), 'new')

  await takes('the revision of what stands there', STANDING, HEAD)
  await takes(
    'the revision of a text that begins as the one that stands there',
    STANDING,
    revisionOf(`${HEAD}y`),
  )
  await takes('the revision of a text that is nothing but that', HEAD, HEAD)
  await takes('a text shorter than a revision for its own', HEAD.slice(0, 43), HEAD.slice(0, 43))
  return [...new Set(faults)]
}

const replacedAt = (text: string, place: number, character: string): string =>
  text.slice(0, place) + character + text.slice(place + 1)

const otherCase = (letter: string): string => {
  const upper = letter.toUpperCase()
  return upper === letter ? letter.toLowerCase() : upper
}
