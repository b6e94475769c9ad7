import * as fc from 'fast-check'
import { type Metadata, NO_METADATA } from '../../src/record/metadata.ts'

const codeUnits = fc.integer({ min: 0, max: 0xff_ff }).map((code) => String.fromCharCode(code))
const ascii = fc.integer({ min: 0, max: 0x7f }).map((code) => String.fromCharCode(code))
/** A unit of texts and keys, whether JSON has to escape it or not. */
export const anyUnit = fc.oneof(ascii, codeUnits)

/** Any text that JavaScript can hold: controls, every plane, surrogates alone and in pairs. */
export const anyText = (constraints: fc.StringSharedConstraints = {}): fc.Arbitrary<string> =>
  fc.string({ ...constraints, unit: fc.oneof(anyUnit, fc.constantFrom('\u{1F36A}', '\u{10FFFF}')) })

/** Metadata with these entries and no others. */
export const metaOf = (meta: Partial<Metadata>): Metadata => ({ ...NO_METADATA, ...meta })
