/* A worker thread that seals tokens and starts sessions, and returns the random bytes of each. */
import { parentPort, workerData } from 'node:worker_threads'
import { createSessions, memoryStore } from '@keepsake/core'
import { createSealer } from '@keepsake/core/sealer'

const { count, secret } = workerData as { count: number; secret: string }

/** Bytes 21 to 33 of a token: the half of the nonce that is new for each token. */
const NONCE = [21, 33] as const
const fields = { created: 1, issued: 1, expires: 2, permanent: false, sid: new Uint8Array(16), text: '{}' }
const sealer = createSealer({ secrets: [secret], name: 'a' })
const nonces = Buffer.alloc(count * 12)
for (let at = 0; at < count; at++)
  Buffer.from(sealer.seal(fields), 'base64url').copy(nonces, at * 12, ...NONCE)

const sessions = createSessions({ secrets: [secret], store: { ...memoryStore(), create: async () => true } })
const cookies = Buffer.alloc(count * 48)
for (let at = 0; at < count; at++) {
  const visit = await sessions.open(undefined)
  visit.session['n'] = 1
  const line = (await visit.close()).find(([name]) => name === 'Set-Cookie')?.[1] ?? ''
  const value = line.slice(sessions.cookie.name.length + 1, line.indexOf(';'))
  if (!/^[\w-]{64}$/.test(value)) throw new Error('unexpected format of a cookie')
  Buffer.from(value, 'base64url').copy(cookies, at * 48)
}
await sessions.close()
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of a thread has no origin
parentPort?.postMessage({ nonces, cookies })
