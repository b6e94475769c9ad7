import { createSecretKey } from 'node:crypto'
import { EncryptJWT, jwtDecrypt } from 'jose'
import { createCookieSessionStorage } from 'react-router'
import { SECRET, type ShopData } from '../data.ts'
import type { AsyncCodec } from './codec.ts'

/** An encrypted JSON web token with a key that is imported once. */
export async function joseJwe(): Promise<AsyncCodec> {
  const raw = createSecretKey(Buffer.from(SECRET, 'base64url')).export()
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])
  return {
    name: 'jose (JWE dir A256GCM)',
    seal: (data) => new EncryptJWT(data).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(key),
    open: async (token) => (await jwtDecrypt(token, key)).payload,
  }
}

/** Remix's cookie session as continued by React Router; it reads and writes whole headers. Signed only. */
export function remixCookieSession(): AsyncCodec {
  const storage = createCookieSessionStorage<ShopData>({
    cookie: { name: 'session', secrets: [SECRET], httpOnly: true, secure: true, sameSite: 'lax', path: '/' },
  })
  return {
    name: 'Remix / React Router (signed only)',
    async seal(data) {
      const session = await storage.getSession()
      for (const [key, value] of Object.entries(data)) session.set(key, value)
      const line = await storage.commitSession(session)
      return line.slice(0, line.indexOf(';'))
    },
    open: async (header) => (await storage.getSession(header)).data,
  }
}
