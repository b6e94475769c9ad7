import * as fc from 'fast-check'
import { type Metadata, NO_METADATA } from '../../src/record/metadata.ts'

const codeUnits = fc.integer({ min: 0, max: 0xff_ff }).map((code) => String.fromCharCode(code))
const ascii = fc.integer({ min: 0, max: 0x7f }).map((code) => String.fromCharCode(code))

/** Any text that JavaScript can hold: controls, every plane, surrogates alone and in pairs. */
export const anyText = (constraints: fc.StringSharedConstraints = {}): fc.Arbitrary<string> =>
  fc.string({ ...constraints, unit: fc.oneof(ascii, codeUnits, fc.constantFrom('\u{1F36A}', '\u{10FFFF}')) })

/**
 * A unit that JSON writes as it is. For keys of data: V8 may read a key that JSON has to escape as another one
 * (nodejs/node#63785: after `{"a":[],"\\\\":0}` the key `"` is read as a backslash), so what comes back depends on what
 * else the process has parsed.
 */
export const unescapedUnit = fc.oneof(ascii, codeUnits).filter((unit) => JSON.stringify(unit) === `"${unit}"`)

export const anyKey = (constraints: fc.StringSharedConstraints = {}): fc.Arbitrary<string> =>
  fc.string({ ...constraints, unit: unescapedUnit })

/** Metadata with these entries and no others. */
export const metaOf = (meta: Partial<Metadata>): Metadata => ({ ...NO_METADATA, ...meta })
