import { createNextSession, createSessions } from '@keepsake/next'
import { fileStore } from '@keepsake/store-file'

interface Data {
  items: string[]
  seen: Map<string, number>
}

/** Where DIRECTORY is given, sessions are kept there. */
export const { getSession, withSession, proxy } = createNextSession(() => {
  const directory = process.env['DIRECTORY']
  return createSessions<Data>({
    secrets: [process.env['SESSION_SECRET']],
    ...(directory ? { store: fileStore({ directory }) } : { revocation: 'none' }),
    lifetime: { idle: '1h', permanent: { absolute: '30d', idle: '1h' } },
  })
})
