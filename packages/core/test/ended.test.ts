import { describe, expect, it } from 'vitest'
import { isEnded, movedText, movedTo, REVOKED_TEXT } from '../src/ended.ts'
import { EMPTY_TEXT, readText, writeText } from '../src/record.ts'

const KEY = 'a'.repeat(64)

describe('what stands where a record has been', () => {
  const texts = [EMPTY_TEXT, REVOKED_TEXT, movedText({ to: KEY, subject: 'alice' })]

  it('is told from a record, whatever that holds', () => {
    for (const text of texts) expect(isEnded(text)).toBe(true)
    for (const data of [{ a: 1 }, { moved: KEY }, { 0: 'moved' }, { '["moved",': 1 }])
      expect(isEnded(writeText(data))).toBe(false)
  })

  it('is no session, but for one that holds nothing', () => {
    expect(texts.map((text) => readText(text))).toEqual([{ data: {} }, undefined, undefined])
  })

  it.each(['alice', undefined, '"', '$'])('says where it went, and whose it is: %s', (subject) => {
    expect(movedTo(movedText({ to: KEY, subject }))).toEqual({ to: KEY, subject })
  })

  it('says nothing of where it went when it has ended, or lives', () => {
    for (const text of [EMPTY_TEXT, REVOKED_TEXT, writeText({ a: 1 })]) expect(movedTo(text)).toBeUndefined()
  })
})
