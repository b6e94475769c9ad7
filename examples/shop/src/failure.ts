import { CrossOriginError } from '@keepsake/core'
import { CartFullError } from './session.ts'

const FOREIGN_FORM =
  'Something that was not a page of this shop sent that form, so nothing was done. If it was you, please go back and try again from here.'

/** What a visitor is told when a request could not be served. */
export interface Failure {
  readonly status: number
  readonly message?: string | undefined
}

/**
 * The answer to what a handler, a body parser or the library threw. Express, Koa, their parsers and Keepsake put a
 * `status` on their errors, Fastify a `statusCode`. One of the 4xx is the client's; anything else is ours, and goes to standard error.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof CartFullError) return { status: error.status, message: error.message }
  if (error instanceof CrossOriginError) return { status: error.status, message: FOREIGN_FORM }
  const status = statusOf(error)
  const isStatus = typeof status === 'number' && status >= 400 && status < 600
  if (isStatus && status < 500) return { status }
  console.error(error)
  return { status: isStatus ? status : 500 }
}

function statusOf(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return undefined
  const { status, statusCode } = error as { readonly status?: unknown; readonly statusCode?: unknown }
  return status ?? statusCode
}
