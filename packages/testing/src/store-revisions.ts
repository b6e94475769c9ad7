import { REVISION_CHARS, revisionOf } from '@keepsake/core/store'
import { describe, expect, it } from 'vitest'
import { newKey } from './store-keys.ts'
import { PATIENCE_MS, type Stage, type Stages } from './store-stage.ts'

/** Contains both cases of a letter, and characters with a meaning in patterns. */
const HEAD = 'Aa_bB-cC'.repeat(6).slice(0, REVISION_CHARS)
const STANDING = `${HEAD}${'x'.repeat(200)}`
const OTHER = 'o'.repeat(REVISION_CHARS)
const places = Array.from({ length: REVISION_CHARS }, (_, place) => place)

/** The promises of `replace` about revisions. */
export function testRevisions(stage: Stages): void {
  describe('a replacement by revision', { timeout: PATIENCE_MS }, () => {
    it('succeeds if the text begins with these 44 characters, and not otherwise', async () => {
      expect(await faultsInRevisions(await stage())).toEqual([])
    })

    it('works for texts of any length, from every client', async () => {
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

/** Requests replacements that a store has to reject, and others that it has to make. Returns a text for each wrong result. */
export async function faultsInRevisions({ store, record }: Stage): Promise<readonly string[]> {
  const faults: string[] = []
  const key = newKey()
  let standing = ''

  async function stands(text: string, subject?: string): Promise<void> {
    standing = text
    await store.delete(key)
    await store.create(key, record(text, undefined, subject))
  }

  async function refuses(what: string, revision: string, text = 'new'): Promise<void> {
    const isDone = await store.replace(key, revision, record(text))
    if (!isDone && (await store.read(key)) === standing) return
    faults.push(`did not reject ${what}`)
    await stands(standing)
  }

  async function takes(what: string, revision: string, subject?: string): Promise<void> {
    const isDone = await store.replace(key, revision, record('new', undefined, subject))
    if (!isDone || (await store.read(key)) !== 'new') faults.push(`did not accept ${what}`)
  }

  await stands(STANDING)
  for (const place of places) {
    for (const character of othersThan(HEAD[place] ?? ''))
      await refuses(`a revision with another character at ${place}`, replacedAt(HEAD, place, character))
    const text = replacedAt(STANDING, place, 'z')
    await refuses(`a wrong revision for a new text that differs from the stored one at ${place}`, OTHER, text)
  }
  for (const length of [0, 1, 20, 43, 45, STANDING.length])
    await refuses(`the first ${length} characters of the text as its revision`, STANDING.slice(0, length))
  await refuses('the end of the text as its revision', STANDING.slice(-REVISION_CHARS))
  await takes('the revision of the stored text', HEAD)

  await stands(HEAD.slice(0, 43))
  await refuses('the revision of a text with one more character', HEAD)
  await refuses('the revision of a text with one character less', HEAD.slice(0, 42))
  await takes('a text shorter than 44 characters as its own revision', HEAD.slice(0, 43))

  await stands(STANDING)
  await takes('the revision of another text that begins with the same 44 characters', revisionOf(`${HEAD}y`))
  await stands(HEAD)
  await takes('the revision of a text of exactly 44 characters', HEAD)
  const subject = newKey()
  await stands(STANDING, subject)
  await takes('the revision of a text that belongs to a subject', HEAD, subject)
  return [...new Set(faults)]
}

const othersThan = (one: string): string[] =>
  ['z', '_', '%', otherCase(one)].filter((character) => character !== one)

const replacedAt = (text: string, place: number, character: string): string =>
  text.slice(0, place) + character + text.slice(place + 1)

const otherCase = (letter: string): string => {
  const upper = letter.toUpperCase()
  return upper === letter ? letter.toLowerCase() : upper
}
