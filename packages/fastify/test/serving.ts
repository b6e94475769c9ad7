import { memoryStore, type Sessions } from '@keepsake/core'
import { type Client, createClient, type Data } from '@keepsake/testing'
import type { FastifyInstance } from 'fastify'
import { onTestFinished } from 'vitest'
import { createSessions } from '../src/index.ts'

export const SECRETS = ['a secret that is only for tests with 48 characters']

/** Serves until the test ends. */
export async function serve(app: FastifyInstance): Promise<Client> {
  const client = createClient(await app.listen({ host: '127.0.0.1', port: 0 }))
  onTestFinished(async () => {
    await client.close()
    await app.close()
  })
  return client
}

/** Sessions in a store that rejects writes. */
export function sessionsOnFullDisk(): Sessions<Data> {
  const store = { ...memoryStore(), create: () => Promise.reject(new Error('no space left on device')) }
  return createSessions<Data>({ secrets: SECRETS, store })
}
