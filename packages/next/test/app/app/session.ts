import { createNextSession, createSessions, memoryStore, type Sessions, type Store } from '@keepsake/next'
import { fileStore } from '@keepsake/store-file'

interface Data {
  items: string[]
  seen: Map<string, number>
}

const { SESSION_SECRET, DIRECTORY, MEMORY, COOKIE, DEVICE } = process.env

/** Sessions are in DIRECTORY, in MEMORY, or in their cookies. */
const storeOf = (): Store | undefined => {
  if (DIRECTORY) return fileStore({ directory: DIRECTORY })
  return MEMORY ? memoryStore() : undefined
}

const make = (): Sessions<Data> => {
  const store = storeOf()
  return createSessions<Data>({
    secrets: [SESSION_SECRET],
    ...(store ? { store } : { revocation: 'none' }),
    ...(COOKIE && { cookie: { name: COOKIE } }),
    ...(DEVICE && { deviceBound: {} }),
    lifetime: { idle: '1h', permanent: { absolute: '30d', idle: '1h' } },
  })
}

const shared = globalThis as { sessions?: Sessions<Data> }

export const sessionsOf = (): Sessions<Data> => (MEMORY === 'shared' ? (shared.sessions ??= make()) : make())

export const { getSession, withSession, proxy } = createNextSession(async () => sessionsOf())
