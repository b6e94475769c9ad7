import { createNextSession, createSessions, memoryStore, type Store } from '@keepsake/next'
import { fileStore } from '@keepsake/store-file'

interface Data {
  items: string[]
  seen: Map<string, number>
}

/** Where DIRECTORY is given, sessions are kept there; in MEMORY otherwise, or in their cookies. */
const storeOf = ({ DIRECTORY, MEMORY }: NodeJS.ProcessEnv): Store | undefined => {
  if (DIRECTORY) return fileStore({ directory: DIRECTORY })
  return MEMORY ? memoryStore() : undefined
}

export const { getSession, withSession, proxy } = createNextSession(async () => {
  const store = storeOf(process.env)
  return createSessions<Data>({
    secrets: [process.env['SESSION_SECRET']],
    ...(store ? { store } : { revocation: 'none' }),
    lifetime: { idle: '1h', permanent: { absolute: '30d', idle: '1h' } },
  })
})
