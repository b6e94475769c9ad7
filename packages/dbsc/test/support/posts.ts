import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { Client } from '@keepsake/testing'
import type { Answer } from '@keepsake/testing'

type Algorithm = 'ES256' | 'RS256'

/** A key that signs challenges. */
export interface Signer {
  /** The proof that registers the key. */
  registration(challenge: string): Promise<string>
  proof(challenge: string): Promise<string>
}

export async function createSigner(alg: Algorithm = 'ES256', modulusLength = 2048): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true, modulusLength })
  const jwk = await exportJWK(publicKey)
  const sign = (jti: string, header: object): Promise<string> =>
    new SignJWT({ jti }).setProtectedHeader({ alg, typ: 'dbsc+jwt', ...header }).sign(privateKey)
  return { registration: (challenge) => sign(challenge, { jwk }), proof: (challenge) => sign(challenge, {}) }
}

/** The challenge in a login's response. */
export const challengeIn = (answer: Answer): string =>
  /challenge="([^"]+)"/.exec(answer.values('secure-session-registration')[0] ?? '')?.[1] ?? ''

export const post = (
  client: Client,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> => client.request(path, { method: 'POST', headers })

export const register = (client: Client, proof: string): Promise<Answer> =>
  post(client, '/.session/register', { 'Secure-Session-Response': proof })

export const refresh = (client: Client, id: string, proof?: string): Promise<Answer> =>
  post(client, '/.session/refresh', {
    'Sec-Secure-Session-Id': id,
    ...(proof !== undefined && { 'Secure-Session-Response': proof }),
  })

/** The challenge in the response to a refresh. */
export const challengeFor = async (client: Client, id: string): Promise<string> =>
  /^"([^"]+)";id="/.exec((await refresh(client, id)).values('secure-session-challenge')[0] ?? '')?.[1] ?? ''

export const idIn = (answer: Answer): string =>
  (JSON.parse(answer.text) as { readonly session_identifier: string }).session_identifier
