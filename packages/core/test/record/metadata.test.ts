import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { metaOf } from './texts.ts'
import {
  decodeMetadata,
  encodeMetadata,
  mergeMetadata,
  type Metadata,
  NO_METADATA,
} from '../../src/record/metadata.ts'

const ALL: Partial<Metadata> = {
  subject: 'alice',
  label: 'Firefox',
  flash: [{ id: 'AAAAAAAA', category: 'info', message: 'Saved' }],
  expiries: new Map([['otp', 1_800_000_300]]),
  permanent: 7_776_000,
}
const DATA = { otp: '1234' }

describe('metadata as JSON', () => {
  it('has these five entries, in this order', () => {
    expect(JSON.stringify(encodeMetadata(metaOf(ALL), DATA))).toBe(
      '{"subject":"alice","label":"Firefox","flash":[["AAAAAAAA","info","Saved"]],"expiries":{"otp":1800000300},"permanent":7776000}',
    )
  })

  it('is read back, each entry by itself and all together', () => {
    fc.assert(
      fc.property(fc.subarray(Object.entries(ALL), { minLength: 1 }), (entries) => {
        const meta = metaOf(Object.fromEntries(entries))
        expect(decodeMetadata(JSON.parse(JSON.stringify(encodeMetadata(meta, DATA))))).toEqual(meta)
      }),
    )
  })

  it('is empty without metadata', () => {
    expect(encodeMetadata(NO_METADATA, DATA)).toBeUndefined()
    expect(encodeMetadata(metaOf({ flash: [], expiries: new Map() }), DATA)).toBeUndefined()
    expect(decodeMetadata(undefined)).toBe(NO_METADATA)
  })

  it('has no expiry for a missing key', () => {
    expect(encodeMetadata(metaOf({ expiries: new Map([['otp', 5]]) }), { other: 1 })).toBeUndefined()
  })

  it('has no limit for an empty session, which would otherwise be kept', () => {
    expect(encodeMetadata(metaOf({ permanent: 60 }), {})).toBeUndefined()
    expect(encodeMetadata(metaOf({ permanent: 60 }), { gone: undefined })).toBeUndefined()
    expect(encodeMetadata(metaOf({ permanent: 60, subject: 'alice' }), {})).toEqual({
      permanent: 60,
      subject: 'alice',
    })
  })

  it('ignores additions of a later version', () => {
    expect(decodeMetadata({ subject: 'alice', added: 1 })).toEqual(metaOf({ subject: 'alice' }))
  })

  it('is not read from a polluted prototype', () => {
    const polluted = Object.prototype as { label?: string }
    try {
      polluted.label = 'planted'
      expect(decodeMetadata({ subject: 'alice' })).toEqual(metaOf({ subject: 'alice' }))
    } finally {
      delete polluted.label
    }
  })
})

describe('metadata that two requests have changed', () => {
  it('keeps the subject and the label of the side that changed them', () => {
    const base = metaOf({ subject: 'alice', label: 'Firefox' })
    expect(mergeMetadata(base, { ...base, label: 'Chrome' }, base)).toMatchObject({ label: 'Chrome' })
    expect(mergeMetadata(base, base, { ...base, label: 'Chrome' })).toMatchObject({ label: 'Chrome' })
    expect(mergeMetadata(NO_METADATA, base, NO_METADATA)).toMatchObject(base)
  })
})
