import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeMeta, encodeMeta, type Meta, mergeMeta } from '../src/meta.ts'

const ALL: Meta = {
  subject: 'alice',
  label: 'Firefox',
  flash: [{ id: 'AAAAAAAA', category: 'info', message: 'Saved' }],
  ends: new Map([['otp', 1_800_000_300]]),
}
const always = (): boolean => true

describe('metadata as JSON', () => {
  it('is these four entries, in this order', () => {
    expect(JSON.stringify(encodeMeta(ALL, always))).toBe(
      '{"subject":"alice","label":"Firefox","flash":[["AAAAAAAA","info","Saved"]],"ends":{"otp":1800000300}}',
    )
  })

  it('is read back, each entry by itself and all together', () => {
    fc.assert(
      fc.property(fc.subarray(Object.entries(ALL), { minLength: 1 }), (entries) => {
        const meta = Object.fromEntries(entries) as Meta
        expect(decodeMeta(JSON.parse(JSON.stringify(encodeMeta(meta, always))))).toEqual(meta)
      }),
    )
  })

  it('is nothing where there is no metadata', () => {
    expect(encodeMeta({}, always)).toBeUndefined()
    expect(encodeMeta({ flash: [], ends: new Map() }, always)).toBeUndefined()
    expect(decodeMeta(undefined)).toEqual({})
  })

  it('has no end for a key that is gone', () => {
    expect(encodeMeta({ ends: new Map([['otp', 5]]) }, (key) => key !== 'otp')).toBeUndefined()
  })

  it('passes over what a later version may add', () => {
    expect(decodeMeta({ subject: 'alice', added: 1 })).toEqual({ subject: 'alice' })
  })

  it('is not read from a polluted prototype', () => {
    const polluted = Object.prototype as { label?: string }
    try {
      polluted.label = 'planted'
      expect(decodeMeta({ subject: 'alice' })).toEqual({ subject: 'alice' })
    } finally {
      delete polluted.label
    }
  })
})

describe('metadata that two requests have changed', () => {
  it('keeps the subject and the label of the side that changed them', () => {
    const base = { subject: 'alice', label: 'Firefox' }
    expect(mergeMeta(base, { ...base, label: 'Chrome' }, base)).toMatchObject({ label: 'Chrome' })
    expect(mergeMeta(base, base, { ...base, label: 'Chrome' })).toMatchObject({ label: 'Chrome' })
    expect(mergeMeta({}, base, {})).toMatchObject(base)
  })
})
