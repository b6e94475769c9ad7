import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeMarks, encodeMarks, type Marks, mergeMarks } from '../src/marks.ts'

const ALL: Marks = {
  subject: 'alice',
  label: 'Firefox',
  flash: [{ id: 'AAAAAAAA', category: 'info', message: 'Saved' }],
  ends: new Map([['otp', 1_800_000_300]]),
}
const always = (): boolean => true

describe('marks as JSON', () => {
  it('are these', () => {
    expect(JSON.stringify(encodeMarks(ALL, always))).toBe(
      '{"subject":"alice","label":"Firefox","flash":[["AAAAAAAA","info","Saved"]],"ends":{"otp":1800000300}}',
    )
  })

  it('are read back, each by itself and all together', () => {
    fc.assert(
      fc.property(fc.subarray(Object.entries(ALL), { minLength: 1 }), (entries) => {
        const marks = Object.fromEntries(entries) as Marks
        expect(decodeMarks(JSON.parse(JSON.stringify(encodeMarks(marks, always))))).toEqual(marks)
      }),
    )
  })

  it('are nothing where nothing is marked', () => {
    expect(encodeMarks({}, always)).toBeUndefined()
    expect(encodeMarks({ flash: [], ends: new Map() }, always)).toBeUndefined()
    expect(decodeMarks(undefined)).toEqual({})
  })

  it('have no end for a key that is gone', () => {
    expect(encodeMarks({ ends: new Map([['otp', 5]]) }, (key) => key !== 'otp')).toBeUndefined()
  })

  it('pass over what a later version may add', () => {
    expect(decodeMarks({ subject: 'alice', added: 1 })).toEqual({ subject: 'alice' })
  })

  it('are not read from a polluted prototype', () => {
    const polluted = Object.prototype as { label?: string }
    try {
      polluted.label = 'planted'
      expect(decodeMarks({ subject: 'alice' })).toEqual({ subject: 'alice' })
    } finally {
      delete polluted.label
    }
  })
})

describe('marks that two requests have changed', () => {
  it('keep the subject and the label of the side that changed them', () => {
    const base = { subject: 'alice', label: 'Firefox' }
    expect(mergeMarks(base, { ...base, label: 'Chrome' }, base)).toMatchObject({ label: 'Chrome' })
    expect(mergeMarks(base, base, { ...base, label: 'Chrome' })).toMatchObject({ label: 'Chrome' })
    expect(mergeMarks({}, base, {})).toMatchObject(base)
  })
})
