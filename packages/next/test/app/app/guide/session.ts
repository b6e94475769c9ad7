import { createNextSession, createSessions } from '@keepsake/next'

interface Shop {
  name: string
  cart: string[]
}

export const { getSession, withSession, proxy } = createNextSession(() =>
  createSessions<Shop>({ secrets: [process.env.SESSION_SECRET] }),
)
