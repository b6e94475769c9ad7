import { describe, expect, it } from 'vitest'
import { MAX_TIME } from '../../src/base/time.ts'
import { bindingOf, isBinding, readBinding } from '../../src/record/binding.ts'
import { decodeMetadata, encodeMetadata, mergeMetadata, NO_METADATA } from '../../src/record/metadata.ts'
import { metaOf } from './texts.ts'

const [OLD, NEW, THEIRS] = ['a', 'b', 'c'].map((key) => bindingOf({ key, at: 1_800_000_000 }))

const merged = (base?: string, mine?: string, theirs?: string): string | undefined => {
  const [a, b, c] = [base, mine, theirs].map((binding) => metaOf({ binding }))
  return mergeMetadata(a ?? NO_METADATA, b ?? NO_METADATA, c ?? NO_METADATA).binding
}

describe('a binding', () => {
  it('contains its key and its time', () => {
    const binding = bindingOf({ key: 'e.x_-1.y', at: 1_800_000_000 })
    expect(binding).toBe('tro8w0.e.x_-1.y')
    expect(readBinding(binding)).toEqual({ key: 'e.x_-1.y', at: 1_800_000_000 })
  })

  it('accepts a key of up to 4,096 bits, of letters, digits, dots and dashes', () => {
    expect(isBinding(bindingOf({ key: `r.${'x'.repeat(683)}.AQAB`, at: 0 }))).toBe(true)
    for (const key of ['', 'x'.repeat(801), 'a b', 'a\n', '"', 'é'])
      expect(() => bindingOf({ key, at: 1 })).toThrow(TypeError)
    for (const other of ['', 'x', '.x', 'A.x', 'zzzzzzzzz.x', 'zzzzzzzz.x', 1, undefined, {}, ['1.x']])
      expect(isBinding(other)).toBe(false)
  })

  it('has a time of at most seven digits, which is below the maximum of a record', () => {
    const last = 36 ** 7 - 1
    expect(last).toBeLessThan(MAX_TIME)
    expect(readBinding(bindingOf({ key: 'x', at: last })).at).toBe(last)
    expect(() => bindingOf({ key: 'x', at: last + 1 })).toThrow(TypeError)
    expect(isBinding('10000000.x')).toBe(false)
  })

  it('is stored as metadata, and a record with an invalid binding is rejected', () => {
    const meta = metaOf({ subject: 'ada', binding: OLD })
    expect(decodeMetadata(encodeMetadata(meta, {}))).toEqual(meta)
    expect(encodeMetadata(metaOf({ binding: OLD }), {})).toEqual({ binding: OLD })
    for (const binding of ['', 'x', 1, null, {}]) expect(decodeMetadata({ binding })).toBeUndefined()
  })

  it('is the earlier one if two requests set it simultaneously', () => {
    expect(merged(undefined, NEW, undefined)).toBe(NEW)
    expect(merged(undefined, undefined, THEIRS)).toBe(THEIRS)
    expect(merged(undefined, NEW, THEIRS)).toBe(THEIRS)
    expect(merged(OLD, undefined, OLD)).toBeUndefined()
    expect(merged(OLD, OLD, undefined)).toBeUndefined()
  })
})
