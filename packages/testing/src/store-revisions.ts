import { REVISION_CHARS, revisionOf } from '@keepsake/core/store'
import { describe, expect, it } from 'vitest'
import { newKey } from './store-keys.ts'
import { PATIENCE_MS, type Stage, type Stages } from './store-stage.ts'

/** Contains both cases of a letter, and characters with a meaning in patterns. */
const END = 'Aa_bB-cC'.repeat(6).slice(0, REVISION_CHARS)
const STANDING = `${'x'.repeat(200)}${END}`
const OTHER = 'o'.repeat(REVISION_CHARS)
const places = Array.from({ length: REVISION_CHARS }, (_, place) => place)

/** The promises of `replace` about revisions. */
export function testRevisions(stage: Stages): void {
  describe('a replacement by revision', { timeout: PATIENCE_MS }, () => {
    it('succeeds if the text ends with these 16 characters, and not otherwise', async () => {
      expect(await faultsInRevisions(await stage())).toEqual([])
    })

    it('works for texts of any length, from every client', async () => {
      const { store, other, record } = await stage()
      const key = newKey()
      const texts = [0, 1, 500, 131_072 - REVISION_CHARS].map(
        (length, n) => `${'x'.repeat(length)}${END.slice(1)}${n}`,
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
    for (const character of othersThan(END[place] ?? ''))
      await refuses(`a revision with another character at ${place}`, replacedAt(END, place, character))
    const text = replacedAt(STANDING, STANDING.length - 1 - place, 'z')
    await refuses(
      `a wrong revision for a new text that differs from the stored one ${place} characters before its end`,
      OTHER,
      text,
    )
  }
  await refuses('no characters as the revision', '')
  for (const length of [1, 8, 15, 17, STANDING.length])
    await refuses(`the last ${length} characters of the text as its revision`, STANDING.slice(-length))
  await refuses('the beginning of the text as its revision', STANDING.slice(0, REVISION_CHARS))
  await takes('the revision of the stored text', END)

  await stands(END.slice(1))
  await refuses('the revision of a text with one more character', END)
  await refuses('the revision of a text with one character less', END.slice(2))
  await takes('a text shorter than 16 characters as its own revision', END.slice(1))

  await stands(STANDING)
  await takes('the revision of another text that ends with the same 16 characters', revisionOf(`y${END}`))
  await stands(END)
  await takes('the revision of a text of exactly 16 characters', END)
  const subject = newKey()
  await stands(STANDING, subject)
  await takes('the revision of a text that belongs to a subject', END, subject)
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
