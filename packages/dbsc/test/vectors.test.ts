import { describe, expect, it } from 'vitest'
import { textIn, tokensIn } from '../src/fields.ts'
import { verifyProof, verifyRegistration } from '../src/proof.ts'
import chromium from './vectors/chromium-156.json' with { type: 'json' }
import headers from './vectors/headers.json' with { type: 'json' }

/** The key that a recorded registration brings. */
async function keyOf(response: string): Promise<string> {
  const proof = await verifyRegistration(textIn(response) ?? '')
  if (typeof proof === 'string') throw new Error(proof)
  return proof.key
}

describe.each(chromium.cases)('Chromium 156 with a key for $algorithm', ({ registration, refresh }) => {
  it('registers it with a proof that is good for its challenge', async () => {
    const proof = await verifyRegistration(textIn(registration.response) ?? '')
    expect(proof).toMatchObject({ jti: registration.challenge })
  })

  it('proves that it has it with a proof that is good for its challenge, and for no other key', async () => {
    const [response = '', id] = [textIn(refresh.response), textIn(refresh.id)]
    expect(id).toBe('s1')
    for (const { registration: other } of chromium.cases) {
      const key = await keyOf(other.response)
      const expected = other === registration ? { key, jti: refresh.challenge } : 'forged_proof'
      expect(await verifyProof(response, key)).toEqual(expected)
    }
  })

  it('cannot register with the proof of a refresh, which brings no key', async () => {
    expect(await verifyRegistration(refresh.response)).toBe('malformed_proof')
  })
})

it.each(headers.text)(
  'a header of one text that is $field is read as the draft and Chromium mean it',
  ({ field, text }) => {
    expect(textIn(field) ?? null).toBe(text)
  },
)

it.each(headers.tokens)(
  'a list of skipped sessions that is $field is read as the draft means it',
  ({ field, tokens }) => {
    expect(tokensIn(field)).toEqual(tokens)
  },
)
