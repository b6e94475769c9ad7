import { type FetchVisit, open, plainResponse } from '@keepsake/fetch'
import { createContext, type MiddlewareFunction } from 'react-router'
import { sessions, type Visitor } from './sessions.ts'

export const visitContext = createContext<FetchVisit<Visitor>>()

export const sessionMiddleware: MiddlewareFunction<Response> = async ({ request, context }, next) => {
  try {
    const visit = await open(sessions, request)
    context.set(visitContext, visit)
    return await visit.answer(await next())
  } catch (error) {
    console.error(error)
    return plainResponse(error)
  }
}
