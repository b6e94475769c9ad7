import { describe, expect, it } from 'vitest'
import { look, newSecret, openShop, visit } from './store-requests.ts'
import { newKey } from './store-keys.ts'
import { need, PATIENCE_MS, type Stages } from './store-stage.ts'

const NOTE = 'a note that nobody but the visitor may read'
const USER = 'user-4711@shop.example'

/** What an attacker finds in all bytes that the store has written. */
export function testBytes(stage: Stages): void {
  describe('a dump of the storage', { timeout: PATIENCE_MS }, () => {
    it('reveals only sealed texts: no valid cookie in any encoding, no data, no subject', async (context) => {
      const { place, store, clock, record } = await stage()
      need(context, place, 'dump')
      const sessions = openShop(store, newSecret(), clock.now)
      const cookie =
        (await visit(sessions, undefined, (session) => {
          session.login(USER)
          session.note = NOTE
        })) ?? ''
      const marker = newKey()
      await store.create(marker, record(`${marker}, which a dump of everything has to show`))

      const bytes = Buffer.from((await place.dump?.()) ?? [])
      expect(await look(sessions, cookie)).toEqual({ note: NOTE })
      const isThere = (text: Spelling): boolean =>
        spellings(text).some((spelling) => bytes.includes(spelling))
      expect(isThere(`${marker}, which a dump of everything has to show`)).toBe(true)
      const id = cookie.slice(cookie.indexOf('=') + 1)
      const secrets = { id, rawId: Buffer.from(id, 'base64url'), note: NOTE, user: USER }
      for (const [name, secret] of Object.entries(secrets))
        expect([name, isThere(secret)]).toEqual([name, false])
    })
  })
}

type Spelling = string | Buffer

/** The ways in which bytes may appear in a file. */
function spellings(of: Spelling): Buffer[] {
  const raw = Buffer.from(of)
  const encoded = [raw.toString('hex'), raw.toString('hex').toUpperCase()]
  // Bytes inside a longer base64 text begin at one of three offsets; for each of them, the complete groups are the same.
  for (const shift of [0, 1, 2]) {
    const base64 = Buffer.concat([Buffer.alloc(shift), raw])
      .toString('base64')
      .slice(4, -4)
    encoded.push(base64, base64.replaceAll('+', '-').replaceAll('/', '_'))
  }
  return [raw, Buffer.from(raw.toString('latin1'), 'utf16le'), ...encoded.map((text) => Buffer.from(text))]
}
