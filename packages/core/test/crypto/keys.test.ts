import { createHmac, hkdfSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createKeys } from '../../src/crypto/keys.ts'
import { readSecrets } from '../../src/crypto/secrets.ts'
import { fieldsWith, keysOf } from '../modes/stored.ts'
import { secretNamed } from '../store-support.ts'

const [NEW, OLD] = [secretNamed('new'), secretNamed('old')]
const { subject: _, ...FIELDS } = fieldsWith({ a: 1 }, 'alice')

const name = (...args: Parameters<typeof keysOf>): string => keysOf(...args).subjects.hash('alice')

describe('the keys of a session cookie', () => {
  it('seal records and cookies with different keys', () => {
    const keys = keysOf()
    const record = keys.sealer('store').seal(FIELDS)
    expect(keys.sealer('store').open(record)).toMatchObject({ ok: true })
    expect(keys.sealer('cookie').open(record)).toEqual({ ok: false, reason: 'unknown_key' })
  })

  it('can seal the maximum record in a store, and the maximum that a browser accepts in a cookie', () => {
    const keys = keysOf()
    const { place: _, ...fields } = FIELDS
    const large = { ...fields, text: JSON.stringify({ a: 'x'.repeat(65_000) }) }
    const record = keys.sealer('store').seal(large)
    expect(keys.sealer('store').open(record)).toMatchObject({ ok: true, fields: large })
    const cookie = keys.sealer('cookie').seal(large)
    expect(keys.sealer('cookie').open(cookie)).toEqual({ ok: false, reason: 'malformed' })
  })

  it('seal with the newest secret and open with all', () => {
    const before = keysOf('c', '', OLD).sealer('store')
    const during = keysOf('c', '', NEW, OLD).sealer('store')
    const after = keysOf('c', '', NEW).sealer('store')
    const old = before.seal(FIELDS, 'row')
    expect(during.open(old, 'row')).toMatchObject({ ok: true, stale: true })
    expect(after.open(old, 'row')).toEqual({ ok: false, reason: 'unknown_key' })
    expect(after.open(during.seal(FIELDS, 'row'), 'row')).toMatchObject({ ok: true, stale: false })
  })

  it('hash a subject to the same name for one cookie, and to another for every other cookie', () => {
    expect(name()).toBe(name())
    const names = [name(), name('other'), name('__Host-session', 'shop'), name('__Host-session', '', OLD)]
    expect(new Set([...names, keysOf().subjects.hash('bob')]).size).toBe(5)
    for (const hash of names) expect(hash).toMatch(/^[0-9a-f]{32}$/)
  })

  it('return every name that a subject may have had, the current one last', () => {
    const { subjects } = keysOf('__Host-session', '', NEW, OLD)
    const [old, newest] = [keysOf('__Host-session', '', OLD), keysOf('__Host-session', '', NEW)]
    expect(subjects.hashes('alice')).toEqual([old.subjects.hash('alice'), newest.subjects.hash('alice')])
    expect(subjects.hash('alice')).toBe(newest.subjects.hash('alice'))
    expect(subjects.revocationKeys('alice')).toHaveLength(2)
  })

  it('hash a subject to a different name for each use (R61)', () => {
    const { subjects } = keysOf()
    const names = [subjects.hash('alice'), ...subjects.revocationKeys('alice')]
    expect(new Set(names).size).toBe(2)
    for (const name of names) expect(name).toMatch(/^[0-9a-f]{32}$/)
  })

  it('name a subject with a separate key, which a release must not change (R61)', () => {
    const context = Buffer.concat(
      ['store', 'c', ''].map((part) => Buffer.from(`\0${String.fromCharCode(part.length)}${part}`)),
    )
    const info = Buffer.concat([Buffer.from('subject'), context])
    const key = Buffer.from(hkdfSync('sha256', OLD, 'keepsake/v1', info, 32))
    expect(keysOf('c', '', OLD).subjects.hash('alice')).toBe(
      createHmac('sha256', key).update('alice').digest('hex').slice(0, 32),
    )
  })

  it('hash ids differently for every cookie and audience', () => {
    const contexts = [keysOf(), keysOf('other'), keysOf('__Host-session', 'shop')]
    expect(new Set(contexts.map(({ storeContext }) => storeContext.toString('hex'))).size).toBe(3)
    const rotated = keysOf('__Host-session', '', NEW)
    expect(rotated.storeContext).toEqual(keysOf().storeContext)
  })

  it('have a separate key for references in logs', () => {
    expect(keysOf().logKey.equals(keysOf('other').logKey)).toBe(false)
    expect(keysOf().logKey.equals(keysOf().logKey)).toBe(true)
  })

  it('show no secret', () => {
    const keys = createKeys(readSecrets('secrets', [NEW]), 'c', '')
    expect(JSON.stringify(keys)).not.toContain(NEW)
  })
})
