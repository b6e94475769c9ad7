import { describe, expect, it } from 'vitest'
import { textIn, tokensIn } from '../src/fields.ts'
import { verifyProof, verifyRegistration } from '../src/proof.ts'
import chromium from './vectors/chromium-156.json' with { type: 'json' }
import headers from './vectors/headers.json' with { type: 'json' }

/** The key in a recorded registration. */
async function keyOf(response: string): Promise<string> {
  const proof = await verifyRegistration(textIn(response) ?? '')
  if (typeof proof === 'string') throw new Error(proof)
  return proof.key
}

describe.each(chromium.cases)('Chromium 156 with a key for $algorithm', ({ registration, refresh }) => {
  it('registers it with a valid proof of its challenge', async () => {
    const proof = await verifyRegistration(textIn(registration.response) ?? '')
    expect(proof).toMatchObject({ jti: registration.challenge })
  })

  it('refreshes with a proof that is valid for its challenge and only for its key', async () => {
    const [response = '', id] = [textIn(refresh.response), textIn(refresh.id)]
    expect(id).toBe('s1')
    for (const { registration: other } of chromium.cases) {
      const key = await keyOf(other.response)
      const expected = other === registration ? { key, jti: refresh.challenge } : 'forged_proof'
      expect(await verifyProof(response, key)).toEqual(expected)
    }
  })

  it('cannot register with the proof of a refresh, which contains no key', async () => {
    expect(await verifyRegistration(refresh.response)).toBe('malformed_proof')
  })
})

it.each(headers.text)(
  'the header $field with a single text is read as in the draft and in Chromium',
  ({ field, text }) => {
    expect(textIn(field) ?? null).toBe(text)
  },
)

it.each(headers.tokens)(
  'the list of skipped sessions $field is read as in the draft',
  ({ field, tokens }) => {
    expect(tokensIn(field)).toEqual(tokens)
  },
)
